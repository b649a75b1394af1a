import type { Redis, Result } from 'ioredis';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    enterWindow(key: string, limit: number, windowMs: number, member: string): Result<number, Context>;
  }
}

/*
 * A sorted set holds the times of the accepted calls, by the server's clock. A call is accepted while fewer than `limit` of
 * them lie in the window that ends now. A refused call leaves no trace, so a key holds at most `limit` entries and expires one
 * window after the last. Returns 0, or the milliseconds until the oldest entry leaves the window.
 */
export const WINDOW_SCRIPTS = {
  enterWindow: {
    numberOfKeys: 1,
    lua: `
  local limit, window, time = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  if redis.call('ZCARD', KEYS[1]) < limit then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], window)
    return 0
  end
  return math.max(1, redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + window - now)`,
  },
};

export interface Window {
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Takes a place in a key's window under the name `member`. Returns 0 on success, otherwise the milliseconds until a place is free.
 * @throws when Redis does not answer
 */
export async function enterWindow(
  redis: Redis,
  key: string,
  { limit, windowMs }: Window,
  member: string,
): Promise<number> {
  return Number(await redis.enterWindow(key, limit, windowMs, member));
}

/** The longest list of keys: about 2 MB. Beyond it, the key that was entered longest ago is dropped. */
const MOST_KEYS = 10_000;

/** Windows of this process only, for the time without Redis. `now` returns monotonic milliseconds. */
export function processWindows(now: () => number) {
  const entries = new Map<string, { at: number; member: string }[]>();
  return {
    /** Like enterWindow. */
    enter(key: string, { limit, windowMs }: Window, member: string): number {
      const at = now();
      const known = (entries.get(key) ?? []).filter((entry) => entry.at > at - windowMs);
      entries.delete(key);
      entries.set(key, known);
      const [dropped] = entries.size > MOST_KEYS ? entries.keys() : [];
      if (dropped !== undefined) entries.delete(dropped);
      if (known.length >= limit) return Math.max(1, (known[0]?.at ?? at) + windowMs - at);
      known.push({ at, member });
      return 0;
    },

    leave(key: string, member: string): void {
      const known = entries.get(key) ?? [];
      entries.set(
        key,
        known.filter((entry) => entry.member !== member),
      );
    },
  };
}
