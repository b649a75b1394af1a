import kafkajs, { type Kafka, type LogEntry } from 'kafkajs';
import type { Security } from '../config/security.ts';
import type { Log } from '../support/log.ts';
import { toKafkajsSasl } from './login.ts';

const REPEAT_AFTER_MS = 30_000;

export interface KafkaClientOptions {
  readonly clientId: string;
  readonly brokers: () => readonly string[];
  readonly security: Security;
  readonly log: Log;
}

export function createKafkaClient(options: KafkaClientOptions): Kafka {
  const { ssl, sasl } = options.security;
  const login = sasl === null ? undefined : toKafkajsSasl(sasl);
  return new kafkajs.Kafka({
    clientId: options.clientId,
    brokers: async () => [...options.brokers()],
    ssl,
    ...(login === undefined ? {} : { sasl: login }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => createLogForwarder(options),
    // kafkajs gives up soon; the owner of the client then creates a new one.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
  });
}

/** kafkajs repeats its messages while a broker is down: one line per message and 30 s, the rest at level `debug`. */
function createLogForwarder({ log }: KafkaClientOptions): (entry: LogEntry) => void {
  const lastAt = new Map<string, number>();
  return ({ level, namespace, log: { message, ...details } }) => {
    const fields = { namespace, error: details.error, broker: details.broker, groupId: details.groupId };
    const isRepeated = Date.now() - (lastAt.get(message) ?? 0) < REPEAT_AFTER_MS;
    if (isRepeated || level !== kafkajs.logLevel.ERROR) {
      log.debug(`kafkajs: ${message}`, fields);
      return;
    }
    if (lastAt.size > 100) lastAt.clear();
    lastAt.set(message, Date.now());
    log.warn(`kafkajs: ${message}`, fields);
  };
}

/** Addresses to connect to: the configured ones, then every broker that the cluster has reported. */
export interface BrokerDirectory {
  addresses(): readonly string[];
  learn(brokers: readonly { readonly host: string; readonly port: number }[]): void;
}

/** Keeps a cluster reachable when its only configured broker dies. */
export function createBrokerDirectory(configured: readonly string[]): BrokerDirectory {
  let known: readonly string[] = configured;
  return {
    addresses: () => known,
    learn(brokers) {
      known = [...new Set([...configured, ...brokers.map(({ host, port }) => `${host}:${port}`)])];
    },
  };
}
