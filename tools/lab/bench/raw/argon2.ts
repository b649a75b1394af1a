import { hash } from '@node-rs/argon2';
import type { Contender } from '../alternate.ts';
import { perSecond } from '../at-once.ts';
import { password } from '../people.ts';

/** What the application hashes with when nothing else is set. */
const cost = { memoryCost: 7168, timeCost: 5, parallelism: 1 };

/** argon2id alone, at the cost of production. */
export function argon2Alone(count: number): Contender {
  const run = async (hashes: number) => ({
    'per second': await perSecond(hashes, () => hash(password, cost)),
  });
  return { name: 'argon2 alone', warm: () => run(64), run: () => run(count) };
}
