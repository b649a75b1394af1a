import { type Static, Type } from 'typebox';
import { LOCAL_PORTS } from './defaults.ts';
import { type AddressVariable, SERVER_ADDRESSES } from './server-addresses.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const TLS_MODES = '^(auto|on|off)$';
function tls(what: string) {
  return Type.String({
    pattern: TLS_MODES,
    default: 'auto',
    description: `${what}: on, off, or auto (on outside the local stage, except to loopback addresses)`,
  });
}
function address(name: AddressVariable, description: string) {
  const { pattern, expected } = SERVER_ADDRESSES[name];
  return Type.Optional(Type.String({ pattern, errorMessage: `expected ${expected}`, description }));
}
function prefix(pattern: string, of: string, separator: string) {
  const description = `Prefix of every ${of}; outside the local stage \`<stage>${separator}\` unless set, also to an empty text`;
  return Type.String({ pattern, default: '', description });
}
function whole(minimum: number, maximum: number, description: string, fallback: number) {
  return Type.Integer({ minimum, maximum, description, default: fallback });
}

/** A token or its SHA-256, so that a leaked configuration grants no access. */
const OPERATOR_ENTRY = '(sha256:[0-9a-fA-F]{64}|(?!sha256:)[^\\s,]{8,})';
/** Secret keys of an HMAC; several during a rotation. */
function keys(description: string) {
  const errorMessage = 'one or several keys of 16 characters or more, comma-separated';
  return Type.Optional(Type.String({ pattern: '^[^\\s,]{16,}(,[^\\s,]{16,})*$', errorMessage, description }));
}

/** Without a query, which may hold a password. */
function httpUrl(description: string) {
  return Type.Optional(Type.String({ pattern: '^https?://[^\\s?]+$', description }));
}

/** A rate limit; 0 switches it off. */
function limit(description: string) {
  return Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: `${description}; 0: no limit` }));
}

/**
 * Every environment variable that the application reads. The servers' URLs have defaults in the local stage only; elsewhere each
 * function gets just those it uses, so the first reader requires them (`requiredSetting`).
 */
export const ConfigSchema = Type.Object({
  STAGE: Type.String({
    minLength: 1,
    default: 'local',
    description:
      '`local`: user routes are open; `selfhosted`: a container for strangers, which requires OPERATOR_TOKEN, IDEMPOTENCY_SECRET and limits; any other name: deployed',
  }),
  USERS_DATABASE_URL: address('USERS_DATABASE_URL', 'mysql:// URL of the users database'),
  NOTIFICATIONS_DATABASE_URL: address('NOTIFICATIONS_DATABASE_URL', 'mysql:// URL of the notifications database'),
  REDIS_URL: address('REDIS_URL', 'redis:// or rediss:// URL of the cache'),
  KAFKA_BROKERS: address('KAFKA_BROKERS', 'host:port of the brokers, comma-separated'),
  SMTP_URL: address('SMTP_URL', 'smtp:// or smtps:// URL of the mail server'),
  USERS_BASE_URL: httpUrl('Base URL of the /tests calls'),
  PROBE_DOMAIN: Type.String({
    pattern: '^[A-Za-z0-9.-]{3,18}$',
    default: 'probe.example',
    description: 'Mail domain of the users that the probe registers; its mails must be discarded',
  }),
  MAIL_UI_URL: httpUrl('URL of the mail catcher of a local run, for links'),
  KAFKA_METRICS_PORT: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 65535, description: "Port of the local event source's metrics" }),
  ),
  DATABASE_TLS: tls('TLS to the databases'),
  KAFKA_TLS: tls('TLS to the brokers'),
  REDIS_TLS: tls('TLS to Redis; a rediss:// URL always uses it'),
  SMTP_TLS: tls('Require STARTTLS of an smtp:// server'),
  TLS_CA: Type.Optional(
    Type.String({
      pattern: '-----BEGIN CERTIFICATE-----',
      description: 'PEM certificate authorities of the servers, in addition to those of Node; usually a reference',
    }),
  ),
  KAFKA_SASL_MECHANISM: Type.String({
    pattern: '^(plain|scram-sha-256|scram-sha-512|certificate|iam)$',
    default: 'scram-sha-512',
    description:
      'SASL mechanism for the login in KAFKA_CREDENTIALS; certificate: mutual TLS instead of a login; iam: the role of the function, for Amazon MSK',
  }),
  KAFKA_CREDENTIALS: Type.Optional(
    Type.String({
      pattern: '^\\s*\\{',
      description:
        'JSON in the format of event source mappings: {"username","password"} or {"certificate","privateKey","privateKeyPassword"}; usually a reference',
    }),
  ),
  ROLE: Type.String({
    pattern: '^(all|api|consumer|scheduler)$',
    default: 'all',
    description:
      'Outside AWS, what a process runs: `api` (HTTP), `consumer` (topics), `scheduler` (schedules) or `all`; /health in each',
  }),
  DIAGNOSTICS: Type.String({
    pattern: '^(true|false)$',
    default: 'false',
    description: 'Whether the /tests routes are served; `true` in the local stage unless set',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl(
    'Collector that spans are sent to as OTLP over HTTP, such as http://127.0.0.1:4318; none if not set',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.Optional(
    Type.String({
      pattern: '^[^=,\\s]+=\\S*$',
      description: 'Headers for the collector, outside AWS: name=value, comma-separated',
    }),
  ),
  OTEL_SERVICE_NAME: Type.Optional(
    Type.String({
      pattern: '^[\\w ./:-]+$',
      description: 'Name of the service in its spans, outside AWS; registration if not set',
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
      description:
        'Bearer tokens for the operator calls, comma-separated, each in plain text (outside the local stage 32 characters or more) or as sha256:<hex>',
    }),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      pattern: '^(\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$',
      errorMessage: 'scheme://host[:port], several separated by commas, or *',
      description: 'Origins whose pages may call the API, comma-separated, or *; none if not set',
    }),
  ),
  ORIGIN_SECRET: Type.Optional(
    Type.String({
      pattern: '^sha256:[0-9a-fA-F]{64}(,sha256:[0-9a-fA-F]{64})*$',
      errorMessage: 'one or several sha256:<hex>, comma-separated',
      description:
        'SHA-256 of the x-origin-secret header that the proxy in front of the API adds; then CLIENT_ADDRESS_HEADER names the client',
    }),
  ),
  CLIENT_ADDRESS_HEADER: Type.String({
    pattern: '^[a-z0-9-]+$',
    default: 'cloudfront-viewer-address',
    description: 'Header in which that proxy passes the address of the client; its last entry counts',
  }),
  IDEMPOTENCY_SECRET: keys(
    'HMAC keys for comparing the bodies of requests with the same Idempotency-Key, newest first, comma-separated',
  ),
  MESSAGE_SECRET: keys(
    'HMAC keys of our messages, comma-separated: the first signs, all are accepted, and messages without a signature are refused; not where a Spring service writes',
  ),
  RATE_LIMIT_SIGN_UP_PER_IP: limit('Sign-ups per client address and window'),
  RATE_LIMIT_PASSWORD_PER_IP: limit('Password checks per client address and window'),
  RATE_LIMIT_PASSWORD_PER_USER: limit('Password checks per user and window'),
  RATE_LIMIT_MAILS_PER_ADDRESS: limit(
    'Sign-ups per mail address and day; an address with a +tag counts as the one without',
  ),
  RATE_LIMIT_ADDRESS_CHANGES_PER_USER: limit('Changes of the mail address per user and day'),
  PASSWORD_FAILURES_FREE: limit(
    'Consecutive wrong passwords of a user before each further one doubles the wait, from 1 s to 15 min',
  ),
  RATE_LIMIT_WINDOW_SECONDS: whole(1, 86400, 'Sliding window of the other rate limits, in seconds', 300),
  TOPIC_PREFIX: prefix('^[A-Za-z0-9._-]*$', 'topic name', '-'),
  CACHE_PREFIX: prefix('^[^\\s{}]*$', 'key in Redis', ':'),
  KAFKA_PARTITIONS: whole(
    1,
    1000,
    'Partitions of each topic; preparing grows existing topics, and never shrinks them',
    3,
  ),
  KAFKA_REPLICATION_FACTOR: whole(1, 32767, 'Replication factor of created topics', 1),
  KAFKA_MIN_INSYNC_REPLICAS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 32767,
      description: "min.insync.replicas of created topics; the brokers' own if not set, which MSK Serverless requires",
    }),
  ),
  DATABASE_POOL_SIZE: whole(1, 500, 'Connections per database; 1 on Lambda', 10),
  SMTP_CONNECTIONS: whole(1, 100, 'Concurrent SMTP connections', 8),
  MAIL_RATE_PER_SECOND: whole(0, 100_000, 'Mails per second of one process; 0: no limit', 0),
  PASSWORD_HASH_MEMORY_KIB: whole(8, 1048576, 'argon2id memory in KiB; below 7168 in the local stage only', 7168),
  PASSWORD_HASH_PASSES: whole(1, 100, 'argon2id passes; below 5 in the local stage only', 5),
  PASSWORD_HASH_CONCURRENCY: whole(1, 128, 'Passwords that a process hashes or checks concurrently', 4),
  PASSWORD_HASH_QUEUE: whole(0, 100000, 'Queued passwords beyond that; further calls get 503', 100),
  MAIL_RETRY_HOURS: whole(1, 720, 'Retry period for a temporarily refused recipient, in hours', 48),
  MAIL_REFUSED_FIRST_MS: whole(100, DAY_MS, 'Delay after the first refusal of a recipient, in ms; doubles', 5000),
  MAIL_REFUSED_LONGEST_MS: whole(100, DAY_MS, 'Longest delay between attempts for a recipient, in ms', 900_000),
  RELAY_MAX_REPUBLISH: whole(1, 100000, 'Maximum number of unconfirmed events that a relay run republishes', 500),
  RELAY_REPUBLISH_FIRST_MS: whole(
    100,
    DAY_MS,
    'Wait for the first confirmation, in ms; doubles with each publication',
    30_000,
  ),
  RELAY_REPUBLISH_LONGEST_MS: whole(100, DAY_MS, 'Longest wait for a confirmation, in ms', 3_600_000),
  EVENT_KEEP_DAYS: whole(8, 3650, 'Retention of FINISHED events in days; longer than that of Kafka', 30),
});

export type Config = Readonly<Static<typeof ConfigSchema>>;
