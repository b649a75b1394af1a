/** Every test password begins with this, so that a leak is recognisable anywhere. */
export const SECRET_MARK = 'hush-';

/** No response, log line, message or mail may contain this. */
export const SECRETS = new RegExp(`${SECRET_MARK}|\\$argon2|password_?hash`, 'i');
