import { Redis } from 'ioredis';
import { requiredSetting } from '#shared/config/config.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { reopenable } from '#shared/lifecycle/reopenable.ts';
import { log } from '#shared/logging/logger.ts';

const COMMAND_LIMIT_MS = 250;
const RECONNECT_MS = 500;

/**
 * A client that never queues and never hangs: a command on a connection that is down fails at once, one without an answer
 * after 250 ms; it reconnects in the background for ever.
 */
export const createRedis = (url: string): Redis => {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_LIMIT_MS,
    // A server that went silent, or was lost while the function was frozen: the connection is replaced, not waited for.
    socketTimeout: COMMAND_LIMIT_MS + 50,
    connectTimeout: 1000,
    keepAlive: 10_000,
    retryStrategy: () => RECONNECT_MS,
  });
  let reported = '';
  redis.on('error', (error: unknown) => {
    const text = errorText(error, 120);
    if (text !== reported) log.warn('Redis connection', { problem: text });
    reported = text;
  });
  redis.on('ready', () => {
    if (reported !== '') log.info('Redis is back');
    reported = '';
  });
  return redis;
};

const redis = reopenable(
  'REDIS_URL',
  async () => {
    const client = createRedis(await requiredSetting('REDIS_URL'));
    await client.connect().catch(() => undefined);
    return client;
  },
  (client) => client.disconnect(),
);

/** The process's Redis client; the first call waits for its connection, up to a second. */
export const redisClient = (): Promise<Redis> => redis.get();
