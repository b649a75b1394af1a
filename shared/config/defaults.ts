/** What the servers are called when nothing is set and the stage is local. */
export const LOCAL_DEFAULTS = {
  USERS_DATABASE_URL: 'mysql://tester:password@127.0.0.1:5000/users',
  NOTIFICATIONS_DATABASE_URL: 'mysql://tester:password@127.0.0.1:5000/notifications',
  REDIS_URL: 'redis://127.0.0.1:6379',
  KAFKA_BROKERS: '127.0.0.1:9092',
  SMTP_URL: 'smtp://127.0.0.1:1025',
} as const;

/** What the limits are outside the local stage, where none of them is off unless it is set to 0. */
export const RATE_LIMITS = {
  RATE_LIMIT_SIGN_UP_PER_IP: '100',
  RATE_LIMIT_PASSWORD_PER_IP: '50',
  RATE_LIMIT_PASSWORD_PER_USER: '10',
} as const;
