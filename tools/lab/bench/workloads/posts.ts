import type { System } from '../../systems/system.ts';
import { type Contender, compareRates } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';
import { argon2Alone, produceAlone, transactionAlone } from '../raw/clients.ts';
import { register, systemsOf, type Workload } from './workload.ts';

/** What the inline publish collects while one request is under way: about half of the concurrent registrations. */
const inlineBatch = 8;

function registering(laboratory: Laboratory, system: System): Contender {
  const { posts } = laboratory.sizes;
  return {
    name: system.name,
    warm: () => register(laboratory, system, posts),
    run: async () => ({ 'per second': await register(laboratory, system, posts) }),
  };
}

export const post: Workload = {
  place: 'HTTP',
  async measure(laboratory) {
    const { all } = await systemsOf(laboratory, 'production');
    const contenders = all.map((system) => registering(laboratory, system));
    const goals = { peer: { of: 'ratio', atLeast: 1 } } as const;
    const title = 'POST, passwords at production cost';
    return compareRates([...contenders, argon2Alone(laboratory.sizes.posts)], laboratory, title, goals);
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
    return compareRates(contenders, laboratory, 'POST, hashing at its minimum', { peer: { of: 'ratio', atLeast: 3 } });
  },
};
