import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

type Argument = string | number;

function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** A Lua script that is sent by its hash; whole only to a server that does not know it (any more). */
export function redisScript(lua: string) {
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (redis: Redis, keys: readonly string[], ...args: readonly Argument[]): Promise<unknown> => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
