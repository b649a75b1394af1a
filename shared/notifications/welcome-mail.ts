import { html, text } from '#generated/welcome-mail.js';
import type { Mail, MailContent } from '#shared/mail/compose-mail.ts';

const content: MailContent = {
  subject: 'Welcome to our site!',
  text: (to) => text({ userEmail: to }),
  html: (to) => html({ userEmail: to }),
};

/** The Message-ID of an event's mail, the same for every repetition. */
function messageIdOf(uuid: string): string {
  return `${uuid}@registration.example`;
}

/** The welcome mail for one event. Messages contain no names, so the mail has no personal greeting. */
export function welcomeMail(uuid: string, to: string, traceparent: string | null): Mail {
  return {
    to,
    content,
    messageId: messageIdOf(uuid),
    headers: traceparent === null ? {} : { traceparent },
  };
}
