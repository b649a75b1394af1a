import { html, text } from '#generated/welcome-mail.js';
import type { Mail } from '#shared/mail/mail-transport.ts';

const SUBJECT = 'Welcome to our site!';

/** The Message-ID of an event's mail, the same for every repetition. */
function messageIdOf(uuid: string): string {
  return `${uuid}@registration.example`;
}

/** The welcome mail for one event. Messages contain no names, so the mail has no personal greeting. */
export function welcomeMail(uuid: string, to: string, traceparent: string | null): Mail {
  return {
    to,
    subject: SUBJECT,
    text: text({ userEmail: to }),
    html: html({ userEmail: to }),
    messageId: messageIdOf(uuid),
    headers: traceparent === null ? {} : { traceparent },
  };
}
