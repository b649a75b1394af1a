import { type Static, Type } from 'typebox';

const DAY_MS = 24 * 60 * 60 * 1000;

const MYSQL_URL = '^mysql://[^/\\s?]+/[A-Za-z0-9_-]+$';
const whole = (minimum: number, maximum: number, description: string, fallback: number) =>
  Type.Integer({ minimum, maximum, description, default: fallback });

/**
 * Every environment variable the application reads. The servers' URLs have defaults in the local stage only; elsewhere a
 * function is given just those it uses, so each is required by its first reader (`requiredSetting`).
 */
export const ConfigSchema = Type.Object({
  STAGE: Type.String({ minLength: 1, default: 'local', description: 'Deployment stage; `local` opens user routes' }),
  USERS_DATABASE_URL: Type.Optional(
    Type.String({ pattern: MYSQL_URL, description: 'mysql:// URL of the users database' }),
  ),
  NOTIFICATIONS_DATABASE_URL: Type.Optional(
    Type.String({ pattern: MYSQL_URL, description: 'mysql:// URL of the notifications database' }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({ pattern: '^rediss?://\\S+$', description: 'redis:// or rediss:// URL of the cache' }),
  ),
  KAFKA_BROKERS: Type.Optional(
    Type.String({
      pattern: '^[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*$',
      description: 'host:port of the brokers, comma-separated',
    }),
  ),
  SMTP_URL: Type.Optional(
    Type.String({ pattern: '^smtps?://\\S+$', description: 'smtp:// or smtps:// URL of the mail server' }),
  ),
  USERS_BASE_URL: Type.Optional(
    Type.String({ pattern: '^https?://\\S+$', description: 'Base URL that the /tests calls go to' }),
  ),
  HTTP_PORT: whole(1, 65535, 'Port of the HTTP API', 8081),
  MAIL_FROM: Type.String({
    pattern: '^[^\\r\\n]+@[^\\r\\n]+$',
    default: 'welcome@registration.example',
    description: 'Sender address of the welcome mail',
  }),
  OPERATOR_TOKEN: Type.Optional(
    Type.String({ minLength: 8, description: 'Bearer token for the operator calls; optional in the local stage' }),
  ),
  TOPIC_PREFIX: Type.String({ pattern: '^[A-Za-z0-9._-]*$', default: '', description: 'Put before every topic name' }),
  KAFKA_REPLICATION_FACTOR: whole(1, 32767, 'Replication factor of topics that are created', 1),
  KAFKA_MIN_INSYNC_REPLICAS: whole(1, 32767, 'min.insync.replicas of topics that are created', 1),
  DATABASE_POOL_SIZE: whole(1, 500, 'Connections per database; 1 on Lambda', 10),
  SMTP_CONNECTIONS: whole(1, 100, 'SMTP connections that send at once', 8),
  PASSWORD_HASH_MEMORY_KIB: whole(8, 1048576, 'argon2id memory in KiB; lower than 7168 only locally', 7168),
  PASSWORD_HASH_PASSES: whole(1, 100, 'argon2id passes; lower than 5 only locally', 5),
  MAIL_RETRY_HOURS: whole(1, 720, 'How long a recipient that is refused for now is tried again', 48),
  MAIL_REFUSED_FIRST_MS: whole(100, DAY_MS, 'Wait after the first refusal of a recipient; doubles', 5000),
  MAIL_REFUSED_LONGEST_MS: whole(100, DAY_MS, 'Longest wait between two tries of a recipient', 900_000),
  RELAY_MAX_REPUBLISH: whole(1, 100000, 'Unconfirmed events that one relay run publishes again at most', 500),
  RELAY_REPUBLISH_FIRST_MS: whole(
    100,
    DAY_MS,
    'Wait for the first confirmation; doubles with each publication',
    30_000,
  ),
  RELAY_REPUBLISH_LONGEST_MS: whole(100, DAY_MS, 'Longest wait for a confirmation', 3_600_000),
  EVENT_KEEP_DAYS: whole(8, 3650, 'How long FINISHED events are kept; longer than Kafka keeps messages', 30),
});

export type Config = Readonly<Static<typeof ConfigSchema>>;

/** What the servers are called when nothing is set and the stage is local. */
export const LOCAL_DEFAULTS = {
  USERS_DATABASE_URL: 'mysql://tester:password@127.0.0.1:5000/users',
  NOTIFICATIONS_DATABASE_URL: 'mysql://tester:password@127.0.0.1:5000/notifications',
  REDIS_URL: 'redis://127.0.0.1:6379',
  KAFKA_BROKERS: '127.0.0.1:9092',
  SMTP_URL: 'smtp://127.0.0.1:1025',
} as const;
