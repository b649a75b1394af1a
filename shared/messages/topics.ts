export const EMAIL_SEND = 'user.email.send';
export const EMAIL_SENT = 'user.email.sent';

/** Every topic; see "Messages" in docs/architecture.md. */
export const TOPICS = [EMAIL_SEND, EMAIL_SENT, `${EMAIL_SEND}.dlq`, `${EMAIL_SENT}.dlq`] as const;

export const RETENTION_MS = 7 * 24 * 60 * 60 * 1000;
