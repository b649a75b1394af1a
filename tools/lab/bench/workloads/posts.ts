import type { System } from '../../systems/system.ts';
import { type Contender, compareRates, withCpu } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';
import { bareHttp } from '../raw/bare-http.ts';
import { argon2Alone, produceAlone, transactionAlone } from '../raw/clients.ts';
import { smtpConnectionAlone } from '../raw/mail.ts';
import { register, systemsOf, type Workload } from './workload.ts';

/** What the inline publish collects while one request is under way: about half of the concurrent registrations. */
const inlineBatch = 8;

function registering(laboratory: Laboratory, system: System): Contender {
  const { posts, warmRounds } = laboratory.sizes;
  return {
    name: system.name,
    /** Until V8 and the JVM have compiled what is hot. */
    warm: async () => {
      for (let round = 0; round < warmRounds; round += 1) await register(laboratory, system, posts);
    },
    run: () => withCpu(posts, async () => ({ 'per second': await register(laboratory, system, posts) }), system.pids),
  };
}

export const post: Workload = {
  place: 'HTTP',
  async measure(laboratory) {
    const { all } = await systemsOf(laboratory, 'production');
    const contenders = all.map((system) => registering(laboratory, system));
    const goals = { peer: { of: 'ratio', atLeast: 1.2 } } as const;
    const title = 'POST, passwords at production cost';
    return compareRates([...contenders, argon2Alone(laboratory.sizes.posts)], laboratory, title, goals);
  },
};

export const postAtMinimum: Workload = {
  place: 'HTTP',
  async measure(laboratory) {
    const { ours, all } = await systemsOf(laboratory, 'minimum');
    const { rawSteps, posts } = laboratory.sizes;
    const contenders = [
      ...all.map((system) => registering(laboratory, system)),
      transactionAlone(ours, Math.ceil(rawSteps / 4)),
      produceAlone(laboratory.servers, { count: rawSteps, batch: inlineBatch }),
      smtpConnectionAlone(laboratory.servers, { count: posts, warm: posts }),
      bareHttp(laboratory, { from: ours.base, path: '/health/live', count: posts }),
    ];
    const goals = { peer: { of: 'ratio', atLeast: 3.5 } } as const;
    // From the call to the mail and its confirmation, without the inbox row: its statements work on whole batches.
    const parts = {
      'node:http alone': 1,
      '2 inserts, one transaction': 1,
      [`kafkajs alone, ${inlineBatch} a batch`]: 2,
      'SMTPConnection alone': 1,
    };
    const title = 'POST, hashing at its minimum';
    return compareRates(contenders, laboratory, title, goals, { parts, atLeast: 0.4 });
  },
};
