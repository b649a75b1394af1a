import { randomUUID } from 'node:crypto';
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
 * Takes a place in a key's window. Returns 0 on success, otherwise the milliseconds until a place is free.
 * @throws when Redis does not answer
 */
export async function enterWindow(redis: Redis, key: string, { limit, windowMs }: Window): Promise<number> {
  return Number(await redis.enterWindow(key, limit, windowMs, randomUUID()));
}
