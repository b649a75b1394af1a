import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisScript } from './redis-script.ts';

/*
 * The times of the calls that were let through lie in a sorted set, by the server's clock. A call is let through while fewer
 * than `limit` of them are in the window that ends now; one that is not leaves no trace, so that a key holds `limit` entries at
 * most and is gone a window after the last. Returns how many milliseconds it takes until the oldest leaves the window.
 */
const enter = redisScript(`
  local limit, window, time = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  if redis.call('ZCARD', KEYS[1]) < limit then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], window)
    return 0
  end
  return math.max(1, redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + window - now)`);

export interface Window {
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Takes one of a key's places in the window. Returns 0 when there was one, else the milliseconds until the next is free.
 * @throws when Redis does not answer
 */
export async function enterWindow(redis: Redis, key: string, { limit, windowMs }: Window): Promise<number> {
  return Number(await enter(redis, [key], limit, windowMs, randomUUID()));
}
