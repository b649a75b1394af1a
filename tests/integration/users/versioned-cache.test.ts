import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CacheRead, NO_VERSION, versionedCache } from '#shared/cache/versioned-cache.ts';
import { randomName } from '#tests/helpers/random.ts';
import { asRestarted, connectedRedis, TEST_TIMES, withInfo } from '#tests/helpers/redis.ts';

let redis: Redis;
let key: string;

beforeAll(async () => {
  redis = await connectedRedis();
});

beforeEach(() => {
  key = randomName('key:');
});

afterAll(() => {
  redis.disconnect();
});

function cacheOn(client: Redis = redis) {
  return versionedCache<string>(client, TEST_TIMES);
}

/** The epoch returned on a miss. */
async function missed(cache = cacheOn()): Promise<string> {
  const read = await cache.read(key);
  if (read.hit) throw new Error(`${key} was there`);
  return read.epoch;
}

function valueIn(read: CacheRead<string>): string | undefined {
  return read.hit ? read.value : undefined;
}
function guardKey(): string {
  return `{${key}}:min`;
}

describe('the versioned cache', () => {
  it('returns a value filled after a miss', async () => {
    const cache = cacheOn();
    const epoch = await missed();

    expect(await cache.fill(key, 'one', 1, epoch)).toBe(true);
    expect(await cache.read(key)).toEqual({ hit: true, value: 'one' });
  });

  it('rejects a fill without a miss', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await redis.del(guardKey());

    expect(await cache.fill(key, 'one', 1, epoch)).toBe(false);
    expect(valueIn(await cache.read(key))).toBeUndefined();
  });

  it('rejects values older than an invalidation and accepts newer ones', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await cache.invalidate(key, 2);

    expect(await cache.fill(key, 'one', 1, epoch)).toBe(false);
    expect(await cache.fill(key, 'two', 2, epoch)).toBe(true);
    expect(valueIn(await cache.read(key))).toBe('two');
  });

  it('ignores late and repeated invalidations', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await cache.invalidate(key, 5);
    await cache.invalidate(key, 3);

    expect(await cache.fill(key, 'four', 4, epoch)).toBe(false);
  });

  it('rejects all values of a deleted key and reports the deletion to the next reader', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await cache.invalidate(key, NO_VERSION);

    expect(await cache.fill(key, 'ghost', 999_999, epoch)).toBe(false);
    expect(await cache.read(key)).toMatchObject({ hit: false, lowestVersion: NO_VERSION });
  });

  it('does not replace a newer value with an older one', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await cache.fill(key, 'two', 2, epoch);

    expect(await cache.fill(key, 'one', 1, epoch)).toBe(false);
    expect(valueIn(await cache.read(key))).toBe('two');
  });

  it("extends an entry's life with every read, up to its maximum age", async () => {
    const cache = cacheOn();
    await cache.fill(key, 'one', 1, await missed());
    await redis.expire(key, 10);

    await cache.read(key);

    expect(await redis.ttl(key)).toBeGreaterThan(50);
    const entry = JSON.parse((await redis.get(key)) ?? '');
    const old = { ...entry, bornAt: entry.bornAt - TEST_TIMES.maxAgeSeconds + 5 };
    await redis.set(key, JSON.stringify(old), 'EX', 60);
    await cache.read(key);
    expect(await redis.ttl(key)).toBeLessThanOrEqual(5);
    await redis.set(key, JSON.stringify({ ...old, bornAt: old.bornAt - 10 }), 'EX', 60);
    expect(valueIn(await cache.read(key))).toBeUndefined();
  });

  it('forgets everything when the server restarts, even entries restored from a snapshot', async () => {
    const cache = cacheOn();
    const epoch = await missed();
    await cache.fill(key, 'one', 1, epoch);
    const restarted = cacheOn(asRestarted(redis, 'anotherrun'));

    expect(valueIn(await restarted.read(key))).toBeUndefined();

    await restarted.fill(key, 'one', 1, epoch);
    expect(valueIn(await restarted.read(key))).toBeUndefined();
  });

  it.each(['garbage', '[]', '{}', '"text"', '{"bornAt":"x","version":1,"value":"x"}', '\u0000'])(
    'treats an entry %j as absent',
    async (entry) => {
      const cache = cacheOn();
      await redis.set(key, entry);

      expect(valueIn(await cache.read(key))).toBeUndefined();
      expect(await cache.fill(key, 'one', 1, await missed())).toBe(true);
    },
  );

  it.each([
    ['only its replication id', ['master_replid:abc123']],
    ['no id', []],
  ])('is shared by the clients of a server that shows %s', async (_, info) => {
    const [one, other] = [cacheOn(withInfo(redis, ...info)), cacheOn(withInfo(redis, ...info))];
    await one.fill(key, 'one', 1, await missed(one));

    expect(await other.read(key)).toEqual({ hit: true, value: 'one' });
    expect(await one.read(key)).toEqual({ hit: true, value: 'one' });
  });

  it('replaces an entry of the wrong type', async () => {
    const cache = cacheOn();
    await redis.lpush(key, 'x');

    expect(valueIn(await cache.read(key))).toBeUndefined();
    expect(await redis.exists(key)).toBe(0);
  });

  it('repairs a guard of the wrong type, which would block later invalidations', async () => {
    const cache = cacheOn();
    await redis.lpush(guardKey(), 'x');
    const epoch = await missed();
    await redis.del(guardKey());
    await redis.lpush(guardKey(), 'x');

    expect(await cache.fill(key, 'one', 1, epoch)).toBe(false);
    await cache.invalidate(key, 2);

    expect(await redis.get(guardKey())).toBe('2');
    expect(await redis.ttl(guardKey())).toBeGreaterThan(100);
  });

  it('keeps both keys in one cluster slot', async () => {
    const slotOf = (name: string) => redis.call('CLUSTER', 'KEYSLOT', name).catch(() => 'no cluster');

    expect(await slotOf('user:42')).toEqual(await slotOf('{user:42}:min'));
  });
});
