import path from 'node:path';
import { pathToFileURL } from 'node:url';
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry, type OauthbearerProviderResponse } from 'kafkajs';
import type { Sasl, Security, TokenSource } from '../config/security.ts';
import type { Log } from '../support/log.ts';
import { isObject } from '../support/value.ts';

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
    // Whoever sent a request handles and reports the error in its response.
    const isResponse = namespace === 'Connection' && message.startsWith('Response ');
    const isRepeated = Date.now() - (lastAt.get(message) ?? 0) < REPEAT_AFTER_MS;
    if (isRepeated || isResponse || level !== kafkajs.logLevel.ERROR) {
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

/** The signer of MSK's IAM authentication: an optional peer, because it brings the AWS SDK. */
const MSK_SIGNER = 'aws-msk-iam-sasl-signer-js';
const TOKEN_LIMIT_MS = 10_000;

/** Converts to kafkajs' options. Tokens are fetched at each login. */
export function toKafkajsSasl(sasl: Sasl): KafkaConfig['sasl'] {
  switch (sasl.mechanism) {
    case 'kafkajs':
      return sasl.options;
    case 'aws-msk-iam':
      return { mechanism: 'oauthbearer', oauthBearerProvider: () => signForMsk(sasl.region) };
    case 'oauthbearer':
      return { mechanism: 'oauthbearer', oauthBearerProvider: () => fetchToken(sasl.source) };
    default:
      // One of three kinds, which its type does not accept as a union.
      return { ...sasl } as KafkaConfig['sasl'];
  }
}

/** @throws when the signer is not installed, or finds no credentials */
async function signForMsk(region: string): Promise<OauthbearerProviderResponse> {
  const signer = await importFrom(process.cwd(), MSK_SIGNER).catch((error: unknown) => {
    throw new Error(`sasl mechanism aws-msk-iam needs ${MSK_SIGNER}. Run npm install --save-dev ${MSK_SIGNER}.`, {
      cause: error,
    });
  });
  const generate: unknown = signer.generateAuthToken;
  if (typeof generate !== 'function') throw new Error(`${MSK_SIGNER} has no generateAuthToken`);
  return readToken(await generate({ region }), MSK_SIGNER);
}

async function fetchToken(source: TokenSource): Promise<OauthbearerProviderResponse> {
  if (source.kind === 'module') {
    const module = (await import(pathToFileURL(path.resolve(source.path)).href)) as Record<string, unknown>;
    const provide = module.default;
    if (typeof provide !== 'function') throw new Error(`${source.path} has no default export that returns a token`);
    return readToken(await provide(), source.path);
  }
  const response = await fetch(source.url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${source.clientId}:${source.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(source.scope === undefined ? {} : { scope: source.scope }),
    }),
    signal: AbortSignal.timeout(TOKEN_LIMIT_MS),
  });
  if (!response.ok) throw new Error(`${source.url} answered ${response.status} instead of a token`);
  return readToken(await response.json(), source.url);
}

/** `{value}`, the signer's `{token}`, an OAuth answer's `{access_token}`, or a bare string. */
function readToken(answer: unknown, from: string): OauthbearerProviderResponse {
  const value = isObject(answer) ? (answer.value ?? answer.token ?? answer.access_token) : answer;
  if (typeof value !== 'string' || value === '') throw new Error(`${from} returned no token`);
  return { value };
}

/** Imports a package of the project: the optional peer is installed there, not beside this package. */
async function importFrom(folder: string, name: string): Promise<Record<string, unknown>> {
  const { createRequire } = await import('node:module');
  const file = createRequire(path.join(folder, 'package.json')).resolve(name);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  return { ...(isObject(module.default) ? module.default : {}), ...module };
}
