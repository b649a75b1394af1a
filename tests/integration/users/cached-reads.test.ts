import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#shared/db/database.ts';
import type { UserCache } from '#shared/users/user-cache.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { connectedRedis, userCacheOn } from '#tests/helpers/redis.ts';
import { PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

let database: TestDatabase;
let redis: Redis;
let isRedisUp = true;
let cache: UserCache;
let users: ReturnType<typeof userServicesOn>;

beforeAll(async () => {
  [database, redis] = await Promise.all([usersTestDatabase(), connectedRedis()]);
  cache = userCacheOn(() => (isRedisUp ? redis : undefined));
  users = userServicesOn(database.db, cache);
});

afterAll(async () => {
  redis.disconnect();
  await database.drop();
});

/** The database, with user queries counted and held until `open` is called. */
function heldDatabase() {
  const waiting: Array<() => void> = [];
  let queries = 0;
  let isOpen = false;
  const db = new Proxy(database.db, {
    apply(target, self, args: unknown[]) {
      const query = Reflect.apply(target, self, args);
      if (args[0] !== 'users') return query;
      queries += 1;
      const first = query.first.bind(query);
      query.first = (...columns: unknown[]) => {
        const held = first(...columns);
        const then = held.then.bind(held);
        const where = held.where.bind(held);
        held.where = (...conditions: unknown[]) => {
          where(...conditions);
          return new Promise<void>((resolve) => {
            if (isOpen) resolve();
            else waiting.push(resolve);
          }).then(() => new Promise((resolve, reject) => then(resolve, reject)));
        };
        return held;
      };
      return query;
    },
  }) as Database;
  return {
    db,
    queries: () => queries,
    open: () => {
      isOpen = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

describe('reading through the cache', () => {
  it('queries the database once per cold key for all concurrent readers, and not at all afterwards', async () => {
    const user = await users.registerAnybody();
    const held = heldDatabase();
    const { read } = userServicesOn(held.db, cache);

    const answers = Promise.all(Array.from({ length: 50 }, () => read(user.id)));
    await waitFor(() => held.queries() > 0);
    held.open();

    expect(new Set((await answers).map(({ id }) => id))).toEqual(new Set([user.id]));
    expect(held.queries()).toBe(1);
    await read(user.id);
    expect(held.queries()).toBe(1);
  });

  it("never returns a value older than the caller's own update", async () => {
    const user = await users.registerAnybody();
    const held = heldDatabase();
    const { read } = userServicesOn(held.db, {
      ...cache,
      // Delays fills as well.
      fill: async () => undefined,
    });
    const early = read(user.id);
    await waitFor(() => held.queries() === 1);
    const stale = cache.read(user.id);
    await users.update(user.id, { oldPassword: PASSWORD, name: 'Later' });

    const late = read(user.id);
    held.open();

    await Promise.all([early, stale]);
    expect((await late).name).toBe('Later');
  });

  it('reads from the database while Redis is unavailable, and drops stale entries afterwards', async () => {
    const user = await users.registerAnybody();
    await users.read(user.id);
    isRedisUp = false;

    await users.update(user.id, { oldPassword: PASSWORD, name: 'Outage' });
    const during = await users.read(user.id);
    isRedisUp = true;
    await users.drain();

    expect(during.name).toBe('Outage');
    expect((await users.read(user.id)).name).toBe('Outage');
    expect(await database.db('cache_invalidations')).toEqual([]);
  });

  it('does not find a removed user, cached or not, with or without Redis', async () => {
    const user = await users.registerAnybody();
    await users.read(user.id);
    isRedisUp = false;
    await users.remove(user.id);
    isRedisUp = true;

    await users.drain();

    await expect(users.read(user.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('caches public fields only', async () => {
    const user = await users.registerAnybody();
    await users.read(user.id);

    const read = await cache.read(user.id);

    expect(read).toEqual({ hit: true, value: user });
    expect(Object.keys(user).sort()).toEqual(['email', 'id', 'lastname', 'name']);
  });
});

describe('draining invalidations', () => {
  it('continues after one that Redis does not acknowledge', async () => {
    const changed = [await users.registerAnybody(), await users.registerAnybody()];
    isRedisUp = false;
    for (const { id } of changed) await users.update(id, { name: 'Bea', oldPassword: PASSWORD });
    isRedisUp = true;
    const [bad] = changed;
    const failing: UserCache = {
      ...cache,
      invalidate: async (id, version) => id !== bad?.id && cache.invalidate(id, version),
    };

    await userServicesOn(database.db, failing).drain();

    expect(await database.db('cache_invalidations').pluck('user_id')).toEqual([bad?.id]);
    await users.drain();
    expect(await database.db('cache_invalidations')).toEqual([]);
  });
});
