/** Every password that a test sends begins with this, so that it is recognised wherever it must not be. */
export const SECRET_MARK = 'hush-';

/** What no answer, no log line, no message and no mail may hold. */
export const SECRETS = new RegExp(`${SECRET_MARK}|\\$argon2|password_?hash`, 'i');
