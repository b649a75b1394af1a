import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CacheMiss, NO_VERSION, versionedCache } from '#shared/cache/versioned-cache.ts';
import { randomName } from '#tests/helpers/random.ts';
import { asRestarted, connectedRedis, TEST_TIMES } from '#tests/helpers/redis.ts';

const READERS = 3;
const [FAST, SLOW] = [0, 1];

interface Reader {
  miss?: CacheMiss;
  /** The version it loaded from the database, or nothing. */
  loaded?: number | undefined;
}

/** The database as the cache sees it: one row with a version, and the pending invalidations. */
interface World {
  readonly key: string;
  readonly readers: Reader[];
  readonly pending: number[];
  stored: number | undefined;
  runs: number;
  isRedisUp: boolean;
  /** Redis's last snapshot: entry and guard. */
  saved: readonly (string | null)[];
}

type Step = readonly [kind: string, reader: number];

let redis: Redis;

beforeAll(async () => {
  redis = await connectedRedis();
});

afterAll(() => {
  redis.disconnect();
});

function cacheOf({ runs }: World) {
  return versionedCache<number>(asRestarted(redis, `run${runs}`), TEST_TIMES);
}

async function change(world: World, version: number, stored: number | undefined, isCrashing: boolean) {
  world.stored = stored;
  world.pending.push(version);
  if (!isCrashing) await drain(world);
}

async function drain(world: World): Promise<void> {
  while (world.isRedisUp && world.pending[0] !== undefined) {
    await cacheOf(world).invalidate(world.key, world.pending[0]);
    world.pending.shift();
  }
}

function keysOf({ key }: World): string[] {
  return [key, `{${key}}:min`];
}
function restore(key: string, value: string | null | undefined): Promise<unknown> {
  return value === null || value === undefined ? redis.del(key) : redis.set(key, value, 'EX', 60);
}

const STEPS: Readonly<Record<string, (world: World, reader: Reader, which: number) => Promise<void>>> = {
  async miss(world, reader) {
    if (!world.isRedisUp) return;
    const read = await cacheOf(world).read(world.key);
    delete reader.loaded;
    if (read.hit) delete reader.miss;
    else reader.miss = read;
  },
  async load(world, reader) {
    if (reader.miss !== undefined) reader.loaded = world.stored;
  },
  async fill(world, reader) {
    const { miss, loaded } = reader;
    delete reader.miss;
    delete reader.loaded;
    if (miss === undefined || loaded === undefined || !world.isRedisUp) return;
    await cacheOf(world).fill(world.key, loaded, loaded, miss.epoch);
  },
  async patch(world, _, which) {
    if (world.stored !== undefined) await change(world, world.stored + 1, world.stored + 1, which === SLOW);
  },
  async remove(world, _, which) {
    if (which !== FAST && world.stored !== undefined) await change(world, NO_VERSION, undefined, which === SLOW);
  },
  async drain(world) {
    await drain(world);
  },
  async outage(world) {
    world.isRedisUp = false;
  },
  async recover(world) {
    world.isRedisUp = true;
  },
  async save(world) {
    world.saved = await redis.mget(keysOf(world));
  },
  /** Restarts from the last snapshot: the old values are back, under a new run id. */
  async restart(world) {
    world.runs += 1;
    world.isRedisUp = true;
    await Promise.all(keysOf(world).map((key, at) => restore(key, world.saved[at])));
  },
  /** Restarts without a snapshot. */
  async restartEmpty(world) {
    world.runs += 1;
    world.isRedisUp = true;
    await redis.del(keysOf(world));
  },
};

const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat({ max: READERS - 1 }));
/** Far more reads and updates than restarts. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('miss', 'load', 'fill'), fc.nat({ max: READERS - 1 })) },
    { weight: 1, arbitrary: step },
  ),
  { maxLength: 40, size: 'max' },
);

async function run(script: readonly Step[]): Promise<World> {
  const world: World = {
    key: randomName('agreement:'),
    readers: Array.from({ length: READERS }, () => ({})),
    pending: [],
    stored: 1,
    runs: 0,
    isRedisUp: true,
    saved: [],
  };
  for (const [kind, which] of script) await STEPS[kind]?.(world, world.readers[which] ?? {}, which);
  return world;
}

async function finish(world: World): Promise<void> {
  world.isRedisUp = true;
  await drain(world);
}

describe('cache and database', () => {
  it('agree after any interleaving of slow readers, updates, crashes, outages and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const world = await run(script);
        await finish(world);

        const read = await cacheOf(world).read(world.key);
        if (read.hit) expect(read.value).toBe(world.stored);

        for (const reader of world.readers) await STEPS['fill']?.(world, reader, FAST);
        const afterLateFills = await cacheOf(world).read(world.key);
        if (afterLateFills.hit) expect(afterLateFills.value).toBe(world.stored);
      }),
      { numRuns: 1000 },
    );
  });

  it('give a reader that starts after an update the lowest valid version', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const world = await run([...script.filter(([kind]) => !kind.startsWith('restart')), ['recover', FAST]]);
        await finish(world);

        const read = await cacheOf(world).read(world.key);
        if (!read.hit && world.stored !== undefined) expect(read.lowestVersion).toBeLessThanOrEqual(world.stored);
        if (!read.hit && world.stored === undefined) expect(read.lowestVersion).toBe(NO_VERSION);
      }),
      { numRuns: 100 },
    );
  });
});
