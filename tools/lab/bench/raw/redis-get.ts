import { Redis } from 'ioredis';
import type { Contender } from '../alternate.ts';
import { perSecond } from '../at-once.ts';
import type { Servers } from '../system/servers.ts';

/** ioredis alone, reading one value as long as a cached user. */
export function redisAlone({ ports }: Servers, count: number): Contender {
  const run = async () => {
    const redis = new Redis(ports.redis, '127.0.0.1');
    try {
      await redis.set('bench:user', 'x'.repeat(200));
      return { 'per second': await perSecond(count, () => redis.get('bench:user')) };
    } finally {
      redis.disconnect();
    }
  };
  return { name: 'ioredis GET', warm: run, run };
}
