import kafkajs, { type Kafka, type LogEntry } from 'kafkajs';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../logging/log.ts';

const REPEAT_AFTER_MS = 30_000;

/** How kafkajs says that it goes back to the default offset. */
const OFFSET_OUT_OF_RANGE = 'Offset out of range, resetting to default offset';

export interface KafkaClientOptions {
  readonly clientId: string;
  readonly brokers: readonly string[];
  readonly settings: Pick<Settings, 'ssl' | 'sasl'>;
  readonly log: Log;
  /** The records at the partition's position are gone from the broker. */
  readonly onOffsetOutOfRange?: (partition: number) => void;
}

export function createKafkaClient(options: KafkaClientOptions): Kafka {
  const { ssl, sasl } = options.settings;
  return new kafkajs.Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => createLogForwarder(options),
    // kafkajs shall give up soon: whoever holds the client starts anew.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
  });
}

/** kafkajs repeats itself a lot while a broker is down: one line per message and 30 s, the rest for `debug`. */
function createLogForwarder({ log, onOffsetOutOfRange }: KafkaClientOptions): (entry: LogEntry) => void {
  const lastAt = new Map<string, number>();
  return ({ level, namespace, log: { message, ...details } }) => {
    if (message === OFFSET_OUT_OF_RANGE && typeof details.partition === 'number')
      onOffsetOutOfRange?.(details.partition);
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
