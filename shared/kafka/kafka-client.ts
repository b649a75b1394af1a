import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { requiredSetting } from '#shared/config/config.ts';
import { log } from '#shared/logging/logger.ts';
import { patchIdleTimer } from './timer-patch.ts';

const REPEAT_AFTER_MS = 30_000;

/** kafkajs repeats itself many times a second while a broker is away; one line per problem and half minute is enough. */
const lastSeen = new Map<string, number>();

const logCreator =
  () =>
  ({ level, namespace, log: entry }: LogEntry): void => {
    const problem = [entry.message, entry['error']].filter((part) => typeof part === 'string').join(': ');
    const key = `${namespace} ${problem}`;
    const seen = lastSeen.get(key);
    if (seen !== undefined && Date.now() - seen < REPEAT_AFTER_MS) return;
    if (lastSeen.size > 100) lastSeen.clear();
    lastSeen.set(key, Date.now());
    const write = level <= logLevel.WARN ? log.warn : log.debug;
    write('Kafka client', { namespace, problem });
  };

/** A client with bounded connection and request times; what a call may retry is the caller's choice. */
export const createKafka = (brokers: string, clientId = 'registration'): Kafka => {
  patchIdleTimer();
  return new Kafka({
    clientId,
    brokers: brokers.split(','),
    connectionTimeout: 1000,
    // Even with its retry a call ends well before a consumer's 20 s are over.
    requestTimeout: 4000,
    enforceRequestTimeout: true,
    retry: { retries: 1, initialRetryTime: 200, maxRetryTime: 1000 },
    logLevel: logLevel.WARN,
    logCreator,
  });
};

export const kafkaClient = async (): Promise<Kafka> => createKafka(await requiredSetting('KAFKA_BROKERS'));
