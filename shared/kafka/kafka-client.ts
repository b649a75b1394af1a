import { Kafka, type KafkaConfig, type LogEntry, logLevel } from 'kafkajs';
import { getConfig } from '#shared/config/config.ts';
import { optionalSetting, renewedSetting, requiredSetting } from '#shared/config/settings.ts';
import { type TlsSettings, tlsSettings, tlsTo } from '#shared/config/tls.ts';
import { log } from '#shared/observability/logger.ts';
import { iamToken } from './iam-token.ts';
import { parseKafkaCredentials, saslOptions } from './kafka-credentials.ts';
import { patchKafkajs } from './kafkajs-patches.ts';

const REPEAT_AFTER_MS = 30_000;

/** Limits kafkajs to one line per problem every 30 s; it logs many per second while a broker is down. */
const lastSeen = new Map<string, number>();

function logCreator() {
  return ({ level, namespace, log: entry }: LogEntry): void => {
    const problem = [entry.message, entry['error']].filter((part) => typeof part === 'string').join(': ');
    const key = `${namespace} ${problem}`;
    const seen = lastSeen.get(key);
    if (seen !== undefined && Date.now() - seen < REPEAT_AFTER_MS) return;
    if (lastSeen.size > 100) lastSeen.clear();
    lastSeen.set(key, Date.now());
    const write = level <= logLevel.WARN ? log.warn : log.debug;
    write('Kafka client error', { namespace, problem });
  };
}

/** Encryption and authentication of a client. */
export type KafkaAccess = Pick<KafkaConfig, 'sasl'> & { readonly ssl?: TlsSettings };

/** A client with bounded connection and request times. */
export function createKafka(brokers: string, access: KafkaAccess = {}, clientId = 'registration'): Kafka {
  patchKafkajs();
  return new Kafka({
    clientId,
    brokers: brokers.split(','),
    ...access,
    connectionTimeout: 1000,
    authenticationTimeout: 4000,
    // Even with its retry, a call ends well before a consumer's timeout of 20 s.
    requestTimeout: 4000,
    enforceRequestTimeout: true,
    retry: { retries: 1, initialRetryTime: 200, maxRetryTime: 1000 },
    logLevel: logLevel.WARN,
    logCreator,
  });
}

async function accessWith(brokers: string, credentials: string | undefined): Promise<KafkaAccess> {
  const hosts = brokers.split(',').map((broker) => broker.slice(0, broker.lastIndexOf(':')));
  const tls = await tlsTo('KAFKA_TLS', hosts);
  if (getConfig().KAFKA_SASL_MECHANISM === 'iam')
    return { ssl: tls ?? (await tlsSettings()), sasl: { mechanism: 'oauthbearer', oauthBearerProvider: iamToken } };
  if (credentials === undefined) return tls === undefined ? {} : { ssl: tls };
  const given = parseKafkaCredentials(credentials);
  if (given.kind === 'certificate') {
    const { kind: _, ...certificate } = given;
    return { ssl: { ...(tls ?? (await tlsSettings())), ...certificate } };
  }
  const sasl = saslOptions(getConfig().KAFKA_SASL_MECHANISM, given.username, given.password);
  return tls === undefined ? { sasl } : { ssl: tls, sasl };
}

/** The brokers refused the user name or password. */
export function isLoginRefused(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'KafkaJSSASLAuthenticationError' || (error.cause !== error && isLoginRefused(error.cause)))
  );
}

/** Opens a client; if the brokers refuse the login, fetches the credentials again and retries once. */
export async function openKafka<T>(open: (kafka: Kafka) => Promise<T>): Promise<T> {
  const brokers = await requiredSetting('KAFKA_BROKERS');
  const credentials = await optionalSetting('KAFKA_CREDENTIALS');
  try {
    return await open(createKafka(brokers, await accessWith(brokers, credentials)));
  } catch (error) {
    if (credentials === undefined || !isLoginRefused(error)) throw error;
    const renewed = await renewedSetting('KAFKA_CREDENTIALS', credentials);
    if (renewed === undefined) throw error;
    return open(createKafka(brokers, await accessWith(brokers, renewed)));
  }
}
