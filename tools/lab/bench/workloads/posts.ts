import { alternate, type Contender, figureFrom } from '../alternate.ts';
import { callsPerSecond } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { newTag, registration } from '../people.ts';
import { argon2Alone } from '../raw/argon2.ts';
import { produceAlone } from '../raw/produce.ts';
import { transactionAlone } from '../raw/transaction.ts';
import { settling } from '../settle.ts';
import type { System } from '../system/system.ts';
import { systemsOf, type Workload } from './workload.ts';

/** What the inline publish gathers while one is under way: about half of what is at work. */
const inlineBatch = 8;

/** Registers so many people. */
export async function register(laboratory: Laboratory, system: System, count: number) {
  const tag = newTag();
  const call = (index: number) => registration(tag, index);
  return settling(laboratory, system, { tag, count }, () => callsPerSecond(system.base, { count, call }));
}

function registering(laboratory: Laboratory, system: System): Contender {
  const { posts } = laboratory.sizes;
  return {
    name: system.name,
    warm: () => register(laboratory, system, posts),
    run: async () => ({ 'per second': (await register(laboratory, system, posts)).result }),
  };
}

export const post: Workload = {
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

export const postAtMinimum: Workload = {
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
