import { redisClient } from '#shared/cache/redis.ts';
import { type CacheRead, NO_VERSION, versionedCache } from '#shared/cache/versioned-cache.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import type { User } from './user-schemas.ts';

const TIMES = { slidingSeconds: 30 * 60, maxAgeSeconds: 24 * 60 * 60, guardSeconds: 60 * 60 };

/** The version to invalidate with once a user is deleted. */
export const DELETED = NO_VERSION;

export interface UserCache {
  /** What is cached; undefined when Redis cannot be asked. */
  read(id: number): Promise<CacheRead<User> | undefined>;
  fill(user: User, version: number, epoch: string): Promise<void>;
  /** Whether Redis acknowledged that the entry is gone and stays gone. */
  invalidate(id: number, lowestVersion: number): Promise<boolean>;
}

function keyOf(id: number): string {
  return `user:${id}`;
}
async function cache() {
  return versionedCache<User>(await redisClient(), TIMES);
}

async function orElse<T>(fallback: T, what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    log.debug('Cache not used', { what, problem: errorText(error) });
    return fallback;
  }
}

/** The public fields of users in Redis. Redis may be down: then every call answers as if the cache were empty. */
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
