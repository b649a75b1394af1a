import { Redis } from 'ioredis';
import { perSecond } from '../at-once.mjs';

/**
 * ioredis alone, reading one value as long as a cached user.
 * @param {import('../system/servers.mjs').Servers} servers
 * @param {number} count
 * @returns {import('../alternate.mjs').Contender}
 */
export const redisAlone = ({ ports }, count) => {
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
};
