import { alternate, figureFrom } from '../alternate.mjs';
import { callsPerSecond } from '../http-load.mjs';
import { newTag, registration } from '../people.mjs';
import { argon2Alone } from '../raw/argon2.mjs';
import { produceAlone } from '../raw/produce.mjs';
import { transactionAlone } from '../raw/transaction.mjs';
import { settling } from '../settle.mjs';
import { systemsOf } from './workload.mjs';

/** What the inline publish gathers while one is under way: about half of what is at work. */
const inlineBatch = 8;

/**
 * Registers so many people.
 * @param {import('../laboratory.mjs').Laboratory} laboratory
 * @param {import('../system/system.mjs').System} system
 * @param {number} count
 */
export const register = async (laboratory, system, count) => {
  const tag = newTag();
  const call = (/** @type {number} */ index) => registration(tag, index);
  return settling(laboratory, system, { tag, count }, () => callsPerSecond(system.base, { count, call }));
};

/**
 * @param {import('../laboratory.mjs').Laboratory} laboratory
 * @param {import('../system/system.mjs').System} system
 * @returns {import('../alternate.mjs').Contender}
 */
const registering = (laboratory, system) => {
  const { posts } = laboratory.sizes;
  return {
    name: system.name,
    warm: () => register(laboratory, system, posts),
    run: async () => ({ 'per second': (await register(laboratory, system, posts)).result }),
  };
};

/** @type {import('./workload.mjs').Workload} */
export const post = {
  place: 'HTTP',
  async measure(laboratory) {
    const { all } = await systemsOf(laboratory, 'production');
    const contenders = all.map((system) => registering(laboratory, system));
    const results = await alternate([...contenders, argon2Alone(laboratory.sizes.posts)], laboratory);
    return [
      figureFrom(results, {
        measure: 'per second',
        title: 'POST, passwords at production cost',
        unit: '/s',
        goals: { peer: { of: 'ratio', atLeast: 1 } },
      }),
    ];
  },
};

/** @type {import('./workload.mjs').Workload} */
export const postAtMinimum = {
  place: 'HTTP',
  async measure(laboratory) {
    const { ours, all } = await systemsOf(laboratory, 'minimum');
    const { rawSteps } = laboratory.sizes;
    const contenders = [
      ...all.map((system) => registering(laboratory, system)),
      transactionAlone(ours, Math.ceil(rawSteps / 4)),
      produceAlone(laboratory.servers, { count: rawSteps, batch: inlineBatch }),
    ];
    return [
      figureFrom(await alternate(contenders, laboratory), {
        measure: 'per second',
        title: 'POST, hashing at its minimum',
        unit: '/s',
        goals: { peer: { of: 'ratio', atLeast: 3 } },
      }),
    ];
  },
};
