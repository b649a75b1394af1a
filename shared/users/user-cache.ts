import { cacheKey, redisClient } from '#shared/cache/redis.ts';
import { type CacheRead, NO_VERSION, versionedCache } from '#shared/cache/versioned-cache.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import type { User } from './user-schemas.ts';

const TIMES = { slidingSeconds: 30 * 60, maxAgeSeconds: 24 * 60 * 60, guardSeconds: 60 * 60 };

/** The version that invalidates a deleted user. */
export const DELETED = NO_VERSION;

export interface UserCache {
  /** The cached user or a miss; undefined when Redis does not answer. */
  read(id: number): Promise<CacheRead<User> | undefined>;
  fill(user: User, version: number, epoch: string): Promise<void>;
  /** Removes the entry and rejects older versions. Returns whether Redis acknowledged. */
  invalidate(id: number, lowestVersion: number): Promise<boolean>;
}

function keyOf(id: number): string {
  return cacheKey(`user:${id}`);
}
async function cache() {
  return versionedCache<User>(await redisClient(), TIMES);
}

async function orElse<T>(fallback: T, what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    log.debug('Cache call failed', { what, problem: errorText(error) });
    return fallback;
  }
}

/** The public fields of users in Redis. While Redis is down, every call behaves as if the cache were empty. */
export const userCache: UserCache = {
  read: (id) => orElse(undefined, 'read', async () => (await cache()).read(keyOf(id))),
  fill: (user, version, epoch) =>
    orElse(undefined, 'fill', async () => {
      await (await cache()).fill(keyOf(user.id), user, version, epoch);
    }),
  invalidate: (id, lowestVersion) =>
    orElse(false, 'invalidate', async () => {
      await (await cache()).invalidate(keyOf(id), lowestVersion);
      return true;
    }),
};
