import { html, text } from '#generated/welcome-mail.js';
import type { Mail } from '#shared/mail/mail-transport.ts';

const SUBJECT = 'Welcome to our site!';

/** The Message-ID of an event's mail: every repetition carries the same one. */
function messageIdOf(uuid: string): string {
  return `${uuid}@registration.example`;
}

/** The welcome mail for one event. Messages hold no names, so the mail addresses nobody by one. */
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
