import type { Mail } from '#shared/mail/mail-transport.ts';

const SUBJECT = 'Welcome to our site!';
const TEXT = `Thank you for creating account!

You can sign in with this address from now on.

If you did not register with us, please ignore this mail.
`;

const HTML = `<!doctype html>
<html lang="en">
  <body style="font-family: sans-serif; line-height: 1.5; color: #1f2933;">
    <h1 style="font-size: 1.4em;">Welcome to our site!</h1>
    <p>Thank you for creating account!</p>
    <p>You can sign in with this address from now on.</p>
    <p style="color: #616e7c;">If you did not register with us, please ignore this mail.</p>
  </body>
</html>
`;

/** The Message-ID of an event's mail: every repetition carries the same one. */
const messageIdOf = (uuid: string): string => `${uuid}@registration.example`;

/** The welcome mail for one event. */
export const welcomeMail = (uuid: string, to: string, traceparent: string | null): Mail => ({
  to,
  subject: SUBJECT,
  text: TEXT,
  html: HTML,
  messageId: messageIdOf(uuid),
  headers: traceparent === null ? {} : { traceparent },
});
