const MYSQL_URL = '^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$';

/**
 * The form of each server's address: the pattern that the schema checks, and its description in an error message. No query: the
 * clients read options from it, also passwords.
 */
export const SERVER_ADDRESSES = {
  USERS_DATABASE_URL: { pattern: MYSQL_URL, expected: 'a URL like mysql://user:password@host:3306/users' },
  NOTIFICATIONS_DATABASE_URL: {
    pattern: MYSQL_URL,
    expected: 'a URL like mysql://user:password@host:3306/notifications',
  },
  REDIS_URL: { pattern: '^rediss?://[^\\s?]+$', expected: 'a URL like redis://host:6379' },
  KAFKA_BROKERS: {
    pattern: '^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$',
    expected: 'host:port, several separated by commas',
  },
  SMTP_URL: { pattern: '^smtps?://[^\\s?]+$', expected: 'a URL like smtp://host:1025' },
} as const;

export type AddressVariable = keyof typeof SERVER_ADDRESSES;
