import { Redis } from 'ioredis';
import { getConfig } from '#shared/config/config.ts';
import { renewedSetting, requiredSetting } from '#shared/config/settings.ts';
import { type TlsSettings, tlsSettings, tlsTo } from '#shared/config/tls.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { WINDOW_SCRIPTS } from './sliding-window.ts';
import { CACHE_SCRIPTS } from './versioned-cache.ts';

/** A key of this stage. Not ioredis's `keyPrefix`: it would end up outside the hash tag that keeps two keys in one slot. */
export function cacheKey(key: string): string {
  return `${getConfig().CACHE_PREFIX}${key}`;
}

const COMMAND_LIMIT_MS = 250;
const RECONNECT_MS = 500;

/** The server became a replica, lost its primary or is loading its data. Errors of scripts contain the code, too. */
const NOT_PRIMARY = /\b(READONLY|MASTERDOWN|LOADING)\b/;

/** Writes the commands of one turn of the event loop at once: a write of its own is a fifth of a cached read. */
class RedisByTurn extends Redis {
  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    const { stream } = this;
    if (stream?.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...command);
  }
}

/**
 * A client that never queues and never hangs: a command fails at once while the connection is down, and after 250 ms without
 * an answer. It reconnects in the background without end, also when the server is no longer a primary. ioredis sends the
 * scripts by hash and again in full after NOSCRIPT.
 */
export function createRedis(url: string, tls?: TlsSettings): Redis {
  const redis = new RedisByTurn(url, {
    ...(tls === undefined ? {} : { tls }),
    scripts: { ...CACHE_SCRIPTS, ...WINDOW_SCRIPTS },
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_LIMIT_MS,
    // Replaces the connection to a server that went silent, or that was lost while the function was frozen.
    socketTimeout: COMMAND_LIMIT_MS + 50,
    connectTimeout: 1000,
    keepAlive: 10_000,
    retryStrategy: () => RECONNECT_MS,
    reconnectOnError: (error) => NOT_PRIMARY.test(error.message),
  });
  let reported = '';
  redis.on('error', (error: unknown) => {
    const text = errorText(error, 120);
    if (text !== reported) log.warn('Redis connection failed', { problem: text });
    reported = text;
  });
  redis.on('ready', () => {
    if (reported !== '') log.info('Redis connection restored');
    reported = '';
  });
  return redis;
}

const LOGIN_REFUSED = /^(WRONGPASS|NOAUTH|NOPERM)\b|invalid (username-)?password/i;

function isLoginRefused(error: unknown): boolean {
  return error instanceof Error && LOGIN_REFUSED.test(error.message);
}

/** Connects once; `problem` is a refused login. The client keeps reconnecting by itself. */
async function connected(url: string): Promise<{ client: Redis; problem?: unknown }> {
  const { protocol, hostname } = new URL(url);
  const client = createRedis(url, protocol === 'rediss:' ? await tlsSettings() : await tlsTo('REDIS_TLS', [hostname]));
  let refused: unknown;
  const listen = (error: unknown): void => {
    if (isLoginRefused(error)) refused = error;
  };
  client.on('error', listen);
  await client.connect().catch(listen);
  client.off('error', listen);
  return { client, problem: refused };
}

const redis = reopenable(
  'REDIS_URL',
  async () => {
    const url = await requiredSetting('REDIS_URL');
    const first = await connected(url);
    const renewed = first.problem === undefined ? undefined : await renewedSetting('REDIS_URL', url);
    const client = renewed === undefined ? first.client : (await connected(renewed)).client;
    if (renewed !== undefined) first.client.disconnect();
    // A login refused on reconnect: the next caller opens a client with the current password.
    client.on('error', (error: unknown) => {
      if (isLoginRefused(error)) redis.giveUp(client);
    });
    return client;
  },
  (client) => client.disconnect(),
);

/** The process's Redis client; the first call waits up to 1 s for the connection. */
export function redisClient(): Promise<Redis> {
  return redis.get();
}
