import type { Redis, Result } from 'ioredis';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    readEntry(
      key: string,
      guard: string,
      slidingSeconds: number,
      maxAgeSeconds: number,
      guardSeconds: number,
      epoch: string,
    ): Result<unknown, Context>;
    fillEntry(
      key: string,
      guard: string,
      version: number,
      slidingSeconds: number,
      epoch: string,
      value: string,
    ): Result<unknown, Context>;
    invalidateEntry(key: string, guard: string, lowestVersion: number, guardSeconds: number): Result<unknown, Context>;
  }
}

export interface CacheTimes {
  /** Lifetime of an entry after its last read. */
  readonly slidingSeconds: number;
  /** Maximum lifetime of an entry, however often it is read. */
  readonly maxAgeSeconds: number;
  /** How long an invalidation rejects older values: longer than any read may take. */
  readonly guardSeconds: number;
}

export interface CacheMiss {
  readonly hit: false;
  readonly epoch: string;
  /** An earlier invalidation made every version below this one stale. */
  readonly lowestVersion: number;
}

export type CacheRead<T> = { readonly hit: true; readonly value: T } | CacheMiss;

/** A version that no value has: invalidating with it rejects every fill, because the value was deleted. */
export const NO_VERSION = Number.MAX_SAFE_INTEGER;

/*
 * An entry is {"bornAt": seconds, "version": n, "epoch": run id of the server, "value": …} under the key itself. In the same
 * cluster slot, the guard holds the lowest version that may be filled in. A miss creates a guard of 0 if there is none. A fill
 * without a guard is rejected: a reader that outlived the guard, or a server that lost it, cannot restore a stale value. An
 * entry of another epoch (the server restarted, perhaps from an old snapshot) counts as absent.
 */
export const CACHE_SCRIPTS = {
  readEntry: {
    numberOfKeys: 2,
    lua: `
  local guard, sliding, maxAge, guardFor, epoch = KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
  local raw = redis.pcall('GET', KEYS[1])
  if type(raw) == 'string' then
    local ok, entry = pcall(cjson.decode, raw)
    if ok and type(entry) == 'table' and entry.epoch == epoch and type(entry.bornAt) == 'number' then
      local left = entry.bornAt + maxAge - tonumber(redis.call('TIME')[1])
      if left > 0 then
        redis.call('EXPIRE', KEYS[1], math.min(sliding, left))
        return raw
      end
    end
  end
  if raw then redis.call('DEL', KEYS[1]) end
  local lowest = redis.pcall('GET', guard)
  lowest = type(lowest) == 'string' and tonumber(lowest)
  if lowest then return {redis.call('GET', guard)} end
  redis.call('SET', guard, '0', 'EX', guardFor)
  return {'0'}`,
  },
  fillEntry: {
    numberOfKeys: 2,
    lua: `
  local version, sliding = tonumber(ARGV[1]), ARGV[2]
  local lowest = redis.pcall('GET', KEYS[2])
  lowest = type(lowest) == 'string' and tonumber(lowest)
  if not lowest or version < lowest then return 0 end
  local raw = redis.pcall('GET', KEYS[1])
  if type(raw) == 'string' then
    local ok, entry = pcall(cjson.decode, raw)
    if ok and type(entry) == 'table' and entry.epoch == ARGV[3] and tonumber(entry.version) and entry.version >= version then return 0 end
  end
  local head = '{"bornAt":' .. redis.call('TIME')[1] .. ',"version":' .. ARGV[1] .. ',"epoch":' .. cjson.encode(ARGV[3]) .. ',"value":'
  redis.call('SET', KEYS[1], head .. ARGV[4] .. '}', 'EX', sliding)
  return 1`,
  },
  invalidateEntry: {
    numberOfKeys: 2,
    lua: `
  redis.call('DEL', KEYS[1])
  local lowest = redis.pcall('GET', KEYS[2])
  lowest = type(lowest) == 'string' and tonumber(lowest)
  if not lowest or tonumber(ARGV[1]) > lowest then redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
  else redis.call('EXPIRE', KEYS[2], ARGV[2]) end
  return 1`,
  },
};

const runIds = new WeakMap<Redis, Promise<string>>();

/** Managed servers may hide the run id; then a replication id takes its place. All processes must read the same value. */
async function askRunId(redis: Redis): Promise<string> {
  const info = await redis.info();
  return (/^run_id:(\w+)/m.exec(info) ?? /^master_replid:(\w+)/m.exec(info))?.[1] ?? 'unknown';
}

/**
 * The run id of the connected server: it changes with every restart and every failover. Cached per connection. From a server
 * that shows none, an entry of before such a change may be read until its maximum age.
 */
function runIdOf(redis: Redis): Promise<string> {
  const known = runIds.get(redis);
  if (known !== undefined) return known;
  const forget = (): void => {
    runIds.delete(redis);
  };
  redis.once('close', forget);
  const asked = askRunId(redis);
  runIds.set(redis, asked);
  asked.catch(() => {
    redis.off('close', forget);
    forget();
  });
  return asked;
}

function keys(key: string): [string, string] {
  return [key, `{${key}}:min`];
}

/**
 * A read-through cache that no interleaving of reads, writes, crashes and outages leaves with a stale value: values carry
 * versions, and an invalidation rejects every older version. All methods throw when Redis does not answer.
 */
export function versionedCache<T>(redis: Redis, { slidingSeconds, maxAgeSeconds, guardSeconds }: CacheTimes) {
  return {
    async read(key: string): Promise<CacheRead<T>> {
      const epoch = await runIdOf(redis);
      const raw = await redis.readEntry(...keys(key), slidingSeconds, maxAgeSeconds, guardSeconds, epoch);
      // A miss returns the guard as text in a list: a number from Lua would lose its last digit.
      if (typeof raw !== 'string') return { hit: false, epoch, lowestVersion: Number(raw) };
      const entry: { value: T } = JSON.parse(raw);
      return { hit: true, value: entry.value };
    },

    /** Stores what was read after a miss of the given epoch; returns false when a newer version is known. */
    async fill(key: string, value: T, version: number, epoch: string): Promise<boolean> {
      return (await redis.fillEntry(...keys(key), version, slidingSeconds, epoch, JSON.stringify(value))) === 1;
    },

    /** Removes the entry and rejects versions below `lowestVersion` from now on. */
    async invalidate(key: string, lowestVersion: number): Promise<void> {
      await redis.invalidateEntry(...keys(key), lowestVersion, guardSeconds);
    },
  };
}
