import { type Static, Type } from 'typebox';
import { LOCAL_PORTS } from './defaults.ts';
import { type AddressVariable, SERVER_ADDRESSES } from './server-addresses.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const TLS_MODES = '^(auto|on|off)$';
function tls(what: string) {
  return Type.String({
    pattern: TLS_MODES,
    default: 'auto',
    description: `${what}: on, off, or auto: outside the local stage, except to a loopback address`,
  });
}
function address(name: AddressVariable, description: string) {
  const { pattern, expected } = SERVER_ADDRESSES[name];
  return Type.Optional(Type.String({ pattern, errorMessage: `expected ${expected}`, description }));
}
function whole(minimum: number, maximum: number, description: string, fallback: number) {
  return Type.Integer({ minimum, maximum, description, default: fallback });
}

/** A token or its SHA-256, so that a leaked configuration grants no access. */
const OPERATOR_ENTRY = '(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,})';
/** A rate limit; 0 switches it off. */
function limit(description: string) {
  return Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: `${description}; 0: no limit` }));
}

/**
 * Every environment variable that the application reads. The servers' URLs have defaults in the local stage only; elsewhere each
 * function gets just those it uses, so the first reader requires them (`requiredSetting`).
 */
export const ConfigSchema = Type.Object({
  STAGE: Type.String({ minLength: 1, default: 'local', description: 'Deployment stage; `local` opens user routes' }),
  USERS_DATABASE_URL: address('USERS_DATABASE_URL', 'mysql:// URL of the users database'),
  NOTIFICATIONS_DATABASE_URL: address('NOTIFICATIONS_DATABASE_URL', 'mysql:// URL of the notifications database'),
  REDIS_URL: address('REDIS_URL', 'redis:// or rediss:// URL of the cache'),
  KAFKA_BROKERS: address('KAFKA_BROKERS', 'host:port of the brokers, comma-separated'),
  SMTP_URL: address('SMTP_URL', 'smtp:// or smtps:// URL of the mail server'),
  USERS_BASE_URL: Type.Optional(
    Type.String({ pattern: '^https?://\\S+$', description: 'Base URL that the /tests calls go to' }),
  ),
  MAIL_UI_URL: Type.Optional(
    Type.String({ pattern: '^https?://\\S+$', description: 'Where the mails of a local run are shown, for the links' }),
  ),
  KAFKA_METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 65535, description: "Port of the local event source's metrics" }),
  ),
  DATABASE_TLS: tls('TLS to the databases'),
  KAFKA_TLS: tls('TLS to the brokers'),
  SMTP_TLS: tls('STARTTLS is required of an smtp:// server'),
  TLS_CA: Type.Optional(
    Type.String({
      pattern: '-----BEGIN CERTIFICATE-----',
      description: 'PEM certificates that sign those of the servers, besides the ones Node knows; mostly a reference',
    }),
  ),
  KAFKA_SASL_MECHANISM: Type.String({
    pattern: '^(plain|scram-sha-256|scram-sha-512|certificate)$',
    default: 'scram-sha-512',
    description: 'How a user name and password of KAFKA_CREDENTIALS are proved; certificate: they are none',
  }),
  KAFKA_CREDENTIALS: Type.Optional(
    Type.String({
      pattern: '^\\s*\\{',
      description:
        'JSON as event source mappings take it: {"username","password"} or {"certificate","privateKey","privateKeyPassword"}; mostly a reference',
    }),
  ),
  HTTP_PORT: whole(1, 65535, 'Port of the HTTP API', LOCAL_PORTS.http[1]),
  MAIL_FROM: Type.String({
    pattern: '^[^\\r\\n]+@[^\\r\\n]+$',
    default: 'welcome@registration.example',
    description: 'Sender address of the welcome mail',
  }),
  OPERATOR_TOKEN: Type.Optional(
    Type.String({
      pattern: `^${OPERATOR_ENTRY}(,${OPERATOR_ENTRY})*$`,
      errorMessage: 'one or several tokens of 8 characters or more, comma-separated',
      description: 'Bearer tokens for the operator calls, comma-separated, each as it is or as sha256:<hex>',
    }),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      pattern: '^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$',
      errorMessage: 'scheme://host[:port], several separated by commas, or *',
      description: 'Origins whose pages may call the API, comma-separated, or *; none when it is not set',
    }),
  ),
  IDEMPOTENCY_SECRET: Type.Optional(
    Type.String({
      pattern: '^[^\\s,]{16,}(,[^\\s,]{16,})*$',
      errorMessage: 'one or several keys of 16 characters or more, comma-separated',
      description: 'Keys of the HMAC that Idempotency-Key compares bodies by, newest first, comma-separated',
    }),
  ),
  RATE_LIMIT_SIGN_UP_PER_IP: limit('Sign-ups of one address in the window'),
  RATE_LIMIT_PASSWORD_PER_IP: limit('Password checks of one address in the window'),
  RATE_LIMIT_PASSWORD_PER_USER: limit('Password checks of one user in the window'),
  RATE_LIMIT_WINDOW_SECONDS: whole(1, 86400, 'Length of the sliding window of the rate limits', 300),
  TOPIC_PREFIX: Type.String({ pattern: '^[A-Za-z0-9._-]*$', default: '', description: 'Put before every topic name' }),
  KAFKA_REPLICATION_FACTOR: whole(1, 32767, 'Replication factor of topics that are created', 1),
  KAFKA_MIN_INSYNC_REPLICAS: whole(1, 32767, 'min.insync.replicas of topics that are created', 1),
  DATABASE_POOL_SIZE: whole(1, 500, 'Connections per database; 1 on Lambda', 10),
  SMTP_CONNECTIONS: whole(1, 100, 'SMTP connections that send at once', 8),
  PASSWORD_HASH_MEMORY_KIB: whole(8, 1048576, 'argon2id memory in KiB; lower than 7168 only locally', 7168),
  PASSWORD_HASH_PASSES: whole(1, 100, 'argon2id passes; lower than 5 only locally', 5),
  PASSWORD_HASH_CONCURRENCY: whole(1, 128, 'Passwords that one process hashes or checks at once', 4),
  PASSWORD_HASH_QUEUE: whole(0, 100000, 'Passwords that may wait for that; a call beyond them gets 503', 100),
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
