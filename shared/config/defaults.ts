/** Where a local run listens: the variable that sets each port, and its default. */
export const LOCAL_PORTS = {
  http: ['HTTP_PORT', 8081],
  emailHttp: ['EMAIL_HTTP_PORT', 8083],
  lambda: ['LAMBDA_PORT', 3002],
  mysql: ['MYSQL_PORT', 23306],
  redis: ['REDIS_PORT', 6379],
  kafka: ['KAFKA_PORT', 9092],
  mail: ['SMTP_PORT', 1025],
  mailUi: ['MAIL_UI_PORT', 8025],
} as const;

/** The addresses of the servers that a local run starts. */
export function localUrls({
  mysql,
  redis,
  kafka,
  mail,
}: Readonly<Record<'mysql' | 'redis' | 'kafka' | 'mail', number>>) {
  return {
    USERS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/users`,
    NOTIFICATIONS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/notifications`,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    KAFKA_BROKERS: `127.0.0.1:${kafka}`,
    SMTP_URL: `smtp://127.0.0.1:${mail}`,
  };
}

/** The servers' addresses when nothing is set and the stage is local. */
export const LOCAL_DEFAULTS = localUrls({
  mysql: LOCAL_PORTS.mysql[1],
  redis: LOCAL_PORTS.redis[1],
  kafka: LOCAL_PORTS.kafka[1],
  mail: LOCAL_PORTS.mail[1],
});

/** The rate limits outside the local stage, where a limit is off only when set to 0. */
export const RATE_LIMITS = {
  RATE_LIMIT_SIGN_UP_PER_IP: '100',
  RATE_LIMIT_PASSWORD_PER_IP: '50',
  RATE_LIMIT_PASSWORD_PER_USER: '10',
  PASSWORD_FAILURES_FREE: '10',
  RATE_LIMIT_MAILS_PER_ADDRESS: '5',
  RATE_LIMIT_ADDRESS_CHANGES_PER_USER: '5',
} as const;
