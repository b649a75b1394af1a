import { hash } from '@node-rs/argon2';
import { perSecond } from '../at-once.mjs';
import { password } from '../people.mjs';

/** What the application hashes with when nothing else is set. */
const cost = { memoryCost: 7168, timeCost: 5, parallelism: 1 };

/**
 * argon2id alone, at the cost of production.
 * @param {number} count
 * @returns {import('../alternate.mjs').Contender}
 */
export const argon2Alone = (count) => {
  const run = async (/** @type {number} */ hashes) => ({
    'per second': await perSecond(hashes, () => hash(password, cost)),
  });
  return { name: 'argon2 alone', warm: () => run(64), run: () => run(count) };
};
