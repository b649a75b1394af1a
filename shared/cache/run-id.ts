import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

const known = new WeakMap<Redis, Promise<string>>();

async function ask(redis: Redis): Promise<string> {
  const info = await redis.info('server');
  return /^run_id:(\w+)/m.exec(info)?.[1] ?? randomUUID();
}

/** The run id of the server behind the present connection: it changes with every restart and every fail-over. */
export function runIdOf(redis: Redis): Promise<string> {
  const there = known.get(redis);
  if (there !== undefined) return there;
  const forget = (): void => {
    known.delete(redis);
  };
  redis.once('close', forget);
  const asked = ask(redis);
  known.set(redis, asked);
  asked.catch(() => {
    redis.off('close', forget);
    forget();
  });
  return asked;
}
