import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redisClient } from '#shared/cache/redis.ts';
import { userCache } from '#shared/users/user-cache.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { timed, watchUnhandled } from '#tests/helpers/unhandled.ts';
import { userServicesOn } from '#tests/helpers/user-services.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, type TcpProxy, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';

let proxy: TcpProxy;
let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;
let redis: Redis;
const unhandled = watchUnhandled();

beforeAll(async () => {
  const url = process.env['REDIS_URL'] ?? '';
  [proxy, database] = await Promise.all([startProxyTo(url), usersTestDatabase()]);
  process.env['REDIS_URL'] = throughProxy(url, proxy);
  users = userServicesOn(database.db, userCache);
  redis = await redisClient();
});

afterEach(async () => {
  await proxy.set('pass');
});

afterAll(async () => {
  redis.disconnect();
  await proxy.stop();
  await database.drop();
  unhandled.stop();
});

async function isCaching(): Promise<boolean> {
  return (await userCache.read(1)) !== undefined;
}

it('commands that are sent together leave in one write, and one alone does not wait for others', async () => {
  const writes = vi.spyOn(redis.stream, 'uncork');
  const count = (): number => writes.mock.calls.length;
  await Promise.all(Array.from({ length: 20 }, () => redis.ping()));
  expect(count()).toBe(1);
  expect(await redis.ping()).toBe('PONG');
  expect(count()).toBe(2);
  writes.mockRestore();
});

describe('while Redis is unavailable', () => {
  it.each(['refuse', 'reset', 'silent'] as const)(
    '(%s) reads and updates succeed, and the cache recovers',
    async (mode) => {
      const user = await users.registerAnybody();
      await waitFor(isCaching, { what: 'the cache' });
      await proxy.set(mode);

      const reads = [await timed(() => users.read(user.id)), await timed(() => users.read(user.id))];
      const removal = await timed(() => users.remove(user.id));

      for (const { answer, ms } of reads) {
        expect(answer).toEqual({ status: 'fulfilled', value: user });
        expect(ms).toBeLessThan(1000);
      }
      expect(removal.answer).toMatchObject({ status: 'fulfilled' });
      expect(removal.ms).toBeLessThan(1000);

      await proxy.set('pass');
      await waitFor(isCaching, { timeoutMs: 3000, what: 'the cache' });
      await users.drain();
      expect(await database.db('cache_invalidations')).toEqual([]);
      expect(unhandled.seen).toEqual([]);
    },
  );

  it('a connection that went silent, as after a freeze, is replaced promptly', async () => {
    await waitFor(isCaching, { what: 'the cache' });
    proxy.forget();

    const { ms } = await timed(() => waitFor(isCaching, { timeoutMs: 3000, what: 'the cache' }));

    expect(ms).toBeLessThan(2500);
  });
});
