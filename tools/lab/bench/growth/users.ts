import { randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import { percentile } from '../../chaos/percentile.ts';
import { alternate, figureFrom, type Shown } from '../alternate.ts';
import { withDatabase } from '../database.ts';
import type { Figure, Goal } from '../figure.ts';
import { callOnce, timesOf } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { newTag, registration } from '../people.ts';
import { settling } from '../settle.ts';
import type { OurSystem } from '../system/system.ts';
import { seedUsers, swappable } from './seed.ts';

const pageSize = 20;
/** Totals and known places of pages are this old at most: afterwards they are of the table that is read now. */
const forgetMs = 6000;

function usersWord(count: number) {
  return `${count.toLocaleString('en')} users`;
}

function pageCall(page: number) {
  return { method: 'GET', path: `/api/users/?page=${page}&pageSize=${pageSize}` };
}

function pagesOf(users: number) {
  const pages = Math.ceil(users / pageSize);
  return { 'first page': 0, 'middle page': Math.floor(pages / 2), 'last page': pages - 1 };
}

/** Puts a table in place of the one before, with a cache that knows nothing and an application that has noticed. */
async function changeTable(
  { servers }: Laboratory,
  { usersDatabaseUrl, redisNumber, base }: OurSystem,
  { users, swapIn }: { users: number; swapIn: ReturnType<typeof swappable> },
) {
  await withDatabase(usersDatabaseUrl, (query) => swapIn(query, `users_${users}`));
  const redis = new Redis(servers.ports.redis, '127.0.0.1', { db: redisNumber });
  await redis.flushdb();
  redis.disconnect();
  const end = performance.now() + forgetMs;
  while (performance.now() < end)
    for (const page of Object.values(pagesOf(users))) await callOnce(base, pageCall(page));
}

function percentiles(name: string, times: readonly number[]) {
  return {
    [`${name}, p50`]: percentile(times, 0.5) ?? Number.NaN,
    [`${name}, p99`]: percentile(times, 0.99) ?? Number.NaN,
  };
}

async function measureTable(laboratory: Laboratory, ours: OurSystem, users: number): Promise<Shown> {
  const count = laboratory.sizes.probes;
  const shown = {};
  for (const [name, page] of Object.entries(pagesOf(users)))
    Object.assign(shown, percentiles(`list, ${name}`, await timesOf(ours.base, { count, call: () => pageCall(page) })));
  const anyone = () => ({ method: 'GET', path: `/api/users/${randomInt(1, users + 1)}` });
  Object.assign(shown, percentiles('GET, mostly not cached', await timesOf(ours.base, { count, call: anyone })));
  const tag = newTag();
  const { result } = await settling(laboratory, ours, { tag, count }, () =>
    timesOf(ours.base, { count, call: (index) => registration(tag, index) }),
  );
  return { ...shown, ...percentiles('POST, hashing at its minimum', result) };
}

function goalsOf(measure: string, smallest: number): { goal?: Goal; goals?: Record<string, Goal> } {
  if (measure === 'list, middle page, p50') return { goal: { of: 'figure', atMost: 30 } };
  const isBounded = measure === 'list, first page, p50' || measure === 'list, last page, p50';
  return isBounded ? { goals: { [usersWord(smallest)]: { of: 'ratio', atMost: 1.5 } } } : {};
}

/** The same calls with tables of several sizes, in turns. */
export async function measureUsers(laboratory: Laboratory, ours: OurSystem): Promise<Figure[]> {
  const sizes = [...laboratory.sizes.users].sort((a, b) => a - b);
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  await withDatabase(ours.usersDatabaseUrl, async (query) => {
    for (const users of sizes) {
      const started = performance.now();
      await seedUsers(query, `users_${users}`, users);
      laboratory.tell(`${usersWord(users)} made in ${Math.round(performance.now() - started)} ms`);
    }
  });
  const swapIn = swappable('users');
  const contenders = sizes.map((users) => {
    const run = async () => {
      await changeTable(laboratory, ours, { users, swapIn });
      return measureTable(laboratory, ours, users);
    };
    // It is one application: the first run warms it up for all tables.
    return { name: users === largest ? 'ours' : usersWord(users), run, ...(users === smallest ? { warm: run } : {}) };
  });
  const results = await alternate(contenders, laboratory);
  const measures = Object.keys(results.get('ours')?.[0] ?? {});
  return measures.map((measure) =>
    figureFrom(results, {
      measure,
      title: `${measure}, ${usersWord(largest)}`,
      unit: 'ms',
      ...goalsOf(measure, smallest),
    }),
  );
}
