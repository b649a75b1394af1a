import type { Redis } from 'ioredis';
import { createRedis } from '#shared/cache/redis.ts';
import { versionedCache } from '#shared/cache/versioned-cache.ts';
import type { UserCache } from '#shared/users/user-cache.ts';
import type { User } from '#shared/users/user-schemas.ts';
import { randomName } from './random.ts';

export const TEST_TIMES = { slidingSeconds: 60, maxAgeSeconds: 600, guardSeconds: 120 };

/** A connected client on the server of REDIS_URL, or on another. */
export async function connectedRedis(url: string = process.env['REDIS_URL'] ?? ''): Promise<Redis> {
  const redis = createRedis(url);
  await redis.connect();
  return redis;
}

/** The same client on a server that answers INFO with these lines. */
export function withInfo(redis: Redis, ...lines: readonly string[]): Redis {
  const changed = { info: async () => ['# Server', ...lines, ''].join('\r\n'), once: () => redis };
  return new Proxy(redis, {
    get: (target, name) => Reflect.get(Object.hasOwn(changed, name) ? changed : target, name),
  });
}

/** The same client after a server restart: with another run id of letters and digits. */
export function asRestarted(redis: Redis, runId: string): Redis {
  return withInfo(redis, `run_id:${runId}`);
}

/** A user cache with its own keys; `current` returns the client, or undefined while Redis is unavailable. */
export function userCacheOn(current: () => Redis | undefined): UserCache {
  const prefix = randomName('user-');
  const cache = () => {
    const redis = current();
    return redis === undefined ? undefined : versionedCache<User>(redis, TEST_TIMES);
  };
  return {
    read: async (id) => cache()?.read(`${prefix}:${id}`),
    async fill(user, version, epoch) {
      await cache()?.fill(`${prefix}:${user.id}`, user, version, epoch);
    },
    async invalidate(id, lowestVersion) {
      const there = cache();
      await there?.invalidate(`${prefix}:${id}`, lowestVersion);
      return there !== undefined;
    },
  };
}
