import { LOG_LEVELS, type LogFormat, type LogLevel } from '../support/log.ts';
import { isObject } from '../support/value.ts';
import { parseSasl, parseSecrets, parseSsl, type Secrets, type Security } from './security.ts';
import { ConfigurationError } from './service.ts';

/** Delay between attempts: doubles from `initialMs` to `maximumMs`. */
export interface RetryBackoff {
  readonly initialMs: number;
  readonly maximumMs: number;
}

/** `custom.kafkaEvents` with every default filled in. A deploy reads only what its checks need. */
export interface Settings {
  readonly brokers: readonly string[] | null;
  readonly ssl: Security['ssl'];
  readonly sasl: Security['sasl'];
  /** Replaces AWS Secrets Manager. */
  readonly secrets: Secrets;
  readonly metricsPort: number | null;
  readonly logLevel: LogLevel;
  readonly backoff: RetryBackoff;
  readonly onFailureTopic: string | null;
  /** Replaces the registry of every event: it answers Confluent's API, or Glue's for events that name a Glue registry. */
  readonly schemaRegistryUrl: string | null;
  /** How missing topics are created; null: they are not. */
  readonly createTopics: TopicSettings | null;
  readonly logFormat: LogFormat;
  /** Most concurrent invocations of one mapping. serverless-offline itself has no limit. */
  readonly maximumConcurrency: number;
  readonly sessionTimeoutMs: number;
}

/** Of the topics to create. */
export interface TopicSettings {
  readonly partitions: number;
  readonly replicationFactor: number;
}

const DEFAULTS: Settings = {
  brokers: null,
  ssl: false,
  sasl: null,
  secrets: new Map(),
  metricsPort: null,
  logLevel: 'info',
  backoff: { initialMs: 1_000, maximumMs: 30_000 },
  onFailureTopic: null,
  schemaRegistryUrl: null,
  createTopics: null,
  logFormat: 'json',
  maximumConcurrency: 20,
  sessionTimeoutMs: 10_000,
};

const KNOWN = new Set([
  'brokers',
  'ssl',
  'sasl',
  'secrets',
  'metricsPort',
  'logLevel',
  'retryBackoff',
  'onFailureTopic',
  'schemaRegistryUrl',
  'createTopics',
  'logFormat',
  'maximumConcurrency',
  'sessionTimeoutMs',
]);

/** @throws ConfigurationError */
export function parseSettings(custom: unknown, region = 'us-east-1'): Settings {
  const raw = custom === undefined || custom === null ? {} : custom;
  if (!isObject(raw)) throw new ConfigurationError('custom.kafkaEvents must be an object');
  const unknown = Object.keys(raw).find((key) => !KNOWN.has(key));
  if (unknown !== undefined)
    throw new ConfigurationError(`custom.kafkaEvents.${unknown} is unknown. Known keys are ${[...KNOWN].join(', ')}`);
  return {
    brokers:
      raw.brokers === undefined || raw.brokers === null
        ? null
        : parseBrokers(raw.brokers, 'custom.kafkaEvents.brokers'),
    ssl: parseSsl(raw.ssl),
    sasl: parseSasl(raw.sasl, region),
    secrets: parseSecrets(raw.secrets),
    metricsPort: parseInteger(raw.metricsPort, 'metricsPort', 0, 65_535) ?? DEFAULTS.metricsPort,
    logLevel: parseLogLevel(raw.logLevel),
    backoff: parseBackoff(raw.retryBackoff),
    onFailureTopic: parseTopic(raw.onFailureTopic),
    schemaRegistryUrl: parseUrl(raw.schemaRegistryUrl),
    createTopics: parseCreateTopics(raw.createTopics),
    logFormat: parseLogFormat(raw.logFormat),
    maximumConcurrency:
      parseInteger(raw.maximumConcurrency, 'maximumConcurrency', 1, 1_000) ?? DEFAULTS.maximumConcurrency,
    sessionTimeoutMs:
      parseInteger(raw.sessionTimeoutMs, 'sessionTimeoutMs', 1_000, 1_800_000) ?? DEFAULTS.sessionTimeoutMs,
  };
}

/** Accepts an array, or one comma-joined string as in an environment variable. @throws ConfigurationError */
export function parseBrokers(value: unknown, name: string): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const brokers = items.flatMap((item) => {
    if (typeof item !== 'string')
      throw new ConfigurationError(`${name} must be a list of host:port, or one comma-joined string`);
    return item
      .split(',')
      .map((broker) => broker.trim())
      .filter((broker) => broker !== '');
  });
  if (brokers.length === 0) throw new ConfigurationError(`${name} names no broker`);
  const odd = brokers.find((broker) => !/^.+:\d+$/.test(broker));
  if (odd !== undefined) throw new ConfigurationError(`${name}: "${odd}" is not host:port`);
  return brokers;
}

/** Accepts numbers as strings, because environment variables are strings. */
function parseInteger(value: unknown, name: string, minimum: number, maximum: number): number | null {
  if (value === undefined || value === null || value === '') return null;
  const number = Number(value);
  if (!Number.isInteger(number) || number < minimum || number > maximum) {
    throw new ConfigurationError(`custom.kafkaEvents.${name} must be a whole number from ${minimum} to ${maximum}`);
  }
  return number;
}

function parseLogLevel(value: unknown): LogLevel {
  if (value === undefined || value === null) return DEFAULTS.logLevel;
  const level = LOG_LEVELS.find((known) => known === value);
  if (level === undefined)
    throw new ConfigurationError(`custom.kafkaEvents.logLevel must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function parseLogFormat(value: unknown): LogFormat {
  if (value === undefined || value === null) return DEFAULTS.logFormat;
  if (value === 'json' || value === 'text') return value;
  throw new ConfigurationError('custom.kafkaEvents.logFormat must be json or text');
}

function parseUrl(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && /^https?:\/\//.test(value)) return value;
  throw new ConfigurationError('custom.kafkaEvents.schemaRegistryUrl must be an http(s) URL');
}

/** Accepts booleans, also as strings, and `{partitions, replicationFactor}`. */
function parseCreateTopics(value: unknown): TopicSettings | null {
  if (value === undefined || value === null || value === '' || value === false || value === 'false') return null;
  const sizes = value === true || value === 'true' ? {} : value;
  if (!isObject(sizes))
    throw new ConfigurationError(
      'custom.kafkaEvents.createTopics must be true, false or {partitions, replicationFactor}',
    );
  return {
    partitions: parseInteger(sizes.partitions, 'createTopics.partitions', 1, 10_000) ?? 1,
    replicationFactor: parseInteger(sizes.replicationFactor, 'createTopics.replicationFactor', 1, 100) ?? 1,
  };
}

function parseBackoff(value: unknown): RetryBackoff {
  if (value === undefined || value === null) return DEFAULTS.backoff;
  if (!isObject(value)) throw new ConfigurationError('custom.kafkaEvents.retryBackoff must be {initialMs, maximumMs}');
  const initialMs = parseInteger(value.initialMs, 'retryBackoff.initialMs', 1, 3_600_000) ?? DEFAULTS.backoff.initialMs;
  const maximumMs = parseInteger(value.maximumMs, 'retryBackoff.maximumMs', 1, 3_600_000) ?? DEFAULTS.backoff.maximumMs;
  return { initialMs, maximumMs: Math.max(initialMs, maximumMs) };
}

function parseTopic(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const topic = typeof value === 'string' ? value.replace(/^kafka:\/\//, '') : '';
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic))
    throw new ConfigurationError('custom.kafkaEvents.onFailureTopic must be a topic');
  return topic;
}
