import type { Redis } from 'ioredis';
import { redisScript } from './redis-script.ts';
import { runIdOf } from './run-id.ts';

export interface CacheTimes {
  /** How long an entry lives after its last read. */
  readonly slidingSeconds: number;
  /** How long it lives at most, however often it is read. */
  readonly maxAgeSeconds: number;
  /** How long an invalidation keeps older values out: longer than any read may take. */
  readonly guardSeconds: number;
}

export interface CacheMiss {
  readonly hit: false;
  readonly epoch: string;
  /** No version below this one is worth reading: an invalidation that came before this miss says so. */
  readonly lowestVersion: number;
}

export type CacheRead<T> = { readonly hit: true; readonly value: T } | CacheMiss;

/** The version that no value has: invalidating with it keeps everything out (the thing was deleted). */
export const NO_VERSION = Number.MAX_SAFE_INTEGER;

/*
 * An entry is {"bornAt": seconds, "version": n, "epoch": run id of the server, "value": …} under the key itself. Beside it, in the same
 * cluster slot, the guard holds the lowest version that may be filled in. A read that misses leaves a guard of 0 when there is
 * none; a fill without a guard is refused, so that a reader which overslept the guard, or a server that lost it, resurrects
 * nothing. An entry of another epoch (the server restarted, perhaps from an old snapshot) counts as absent.
 */
const READ = redisScript(`
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
  return {'0'}`);

const FILL = redisScript(`
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
  return 1`);

const INVALIDATE = redisScript(`
  redis.call('DEL', KEYS[1])
  local lowest = redis.pcall('GET', KEYS[2])
  lowest = type(lowest) == 'string' and tonumber(lowest)
  if not lowest or tonumber(ARGV[1]) > lowest then redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
  else redis.call('EXPIRE', KEYS[2], ARGV[2]) end
  return 1`);

function keys(key: string): [string, string] {
  return [key, `{${key}}:min`];
}

/**
 * A read-through cache that no interleaving of reads, writes, crashes and outages leaves with a stale value: values carry
 * versions, and an invalidation keeps every older version out. All calls throw when Redis does not answer.
 */
export function versionedCache<T>(redis: Redis, times: CacheTimes) {
  return {
    async read(key: string): Promise<CacheRead<T>> {
      const epoch = await runIdOf(redis);
      const { slidingSeconds, maxAgeSeconds, guardSeconds } = times;
      const raw: unknown = await READ(redis, keys(key), slidingSeconds, maxAgeSeconds, guardSeconds, epoch);
      // A list, because numbers of a script lose their last digit.
      if (typeof raw !== 'string') return { hit: false, epoch, lowestVersion: Number(raw) };
      const entry: { value: T } = JSON.parse(raw);
      return { hit: true, value: entry.value };
    },

    /** Fills in what a miss of the given epoch has read; returns false when something newer is known. */
    async fill(key: string, value: T, version: number, epoch: string): Promise<boolean> {
      const { slidingSeconds } = times;
      return (await FILL(redis, keys(key), version, slidingSeconds, epoch, JSON.stringify(value))) === 1;
    },

    /** Removes the entry and keeps versions below `lowestVersion` out. */
    async invalidate(key: string, lowestVersion: number): Promise<void> {
      await INVALIDATE(redis, keys(key), lowestVersion, times.guardSeconds);
    },
  };
}
