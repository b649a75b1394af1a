import { randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import { STRIDE } from '#shared/db/sorted-list.ts';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { type Call, fetchText } from '../../load/http.ts';
import { addressOf, newTag, registration } from '../../load/registrations.ts';
import { type Calls, timesOf } from '../../load/throughput.ts';
import { percentilesOf } from '../../statistics.ts';
import { withDatabase } from '../../systems/database.ts';
import type { OurSystem } from '../../systems/our-system.ts';
import { alternate, figuresFrom, type Shown } from '../alternate.ts';
import type { Figure, Goal } from '../figure.ts';
import type { Laboratory } from '../laboratory.ts';
import { invocation } from '../workloads/relay.ts';
import { settling } from '../workloads/workload.ts';
import { seedUsers, swappable } from './seed.ts';

const pageSize = 20;
/** Cached totals and page positions are at most this old: afterwards they belong to the current table. */
const forgetMs = 6000;
const markLimitMs = 120_000;

function usersWord(count: number) {
  return `${count.toLocaleString('en')} users`;
}

function pageCall(page: number): Call {
  return { method: 'GET', path: `/api/users/?page=${page}&pageSize=${pageSize}` };
}

function pagesOf(users: number) {
  const pages = Math.ceil(users / pageSize);
  return { 'first page': 0, 'middle page': Math.floor(pages / 2), 'last page': pages - 1 };
}

/** Replaces the table, empties the cache and waits until the application works with the new table. */
async function changeTable(
  { usersDatabaseUrl, redisUrl, base, lambdaPort }: OurSystem,
  { users, swapIn }: { users: number; swapIn: ReturnType<typeof swappable> },
) {
  await withDatabase(usersDatabaseUrl, async (query) => {
    await swapIn(query, `users_${users}`);
    await query('DELETE FROM list_marks');
    const isMarked = async () => {
      await fetchText(`http://127.0.0.1:${lambdaPort}`, invocation);
      const [row] = await query("SELECT COUNT(*) AS marks FROM list_marks WHERE list = 'users by email'");
      return Number(row?.['marks']) >= Math.floor(users / STRIDE);
    };
    if (!(await waitFor(isMarked, { timeoutMs: markLimitMs }))) throw new Error('The relay has not marked the list');
  });
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  redis.disconnect();
  const end = performance.now() + forgetMs;
  while (performance.now() < end)
    for (const page of Object.values(pagesOf(users))) await fetchText(base, pageCall(page));
}

async function measureTable(laboratory: Laboratory, ours: OurSystem, users: number): Promise<Shown> {
  const count = laboratory.sizes.probes;
  const tag = newTag();
  const calls: Record<string, Calls['call']> = {};
  for (const [name, page] of Object.entries(pagesOf(users))) calls[`list, ${name}, `] = () => pageCall(page);
  calls['GET, mostly not cached, '] = () => ({ method: 'GET', path: `/api/users/${randomInt(1, users + 1)}` });
  calls['POST, hashing at its minimum, '] = (index) => registration(addressOf(tag, index));
  const measureAll = async () => {
    const shown = {};
    for (const [name, call] of Object.entries(calls))
      Object.assign(shown, percentilesOf(name, await timesOf(ours.base, { count, call })));
    return shown;
  };
  return (await settling(laboratory, ours, { tag, count }, measureAll)).result;
}

function goalsOf(measure: string, smallest: number): { goal?: Goal; goals?: Record<string, Goal> } {
  if (measure === 'list, middle page, p50') return { goal: { of: 'figure', atMost: 30 } };
  const isBounded = measure === 'list, first page, p50' || measure === 'list, last page, p50';
  return isBounded ? { goals: { [usersWord(smallest)]: { of: 'ratio', atMost: 1.5 } } } : {};
}

/** Measures the same calls with tables of several sizes, in turns. */
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
      await changeTable(ours, { users, swapIn });
      return measureTable(laboratory, ours, users);
    };
    // It is one application: the first run warms it up for all tables.
    return { name: users === largest ? 'ours' : usersWord(users), run, ...(users === smallest ? { warm: run } : {}) };
  });
  const results = await alternate(contenders, laboratory);
  return figuresFrom(results, (measure) => ({
    title: `${measure}, ${usersWord(largest)}`,
    unit: 'ms',
    ...goalsOf(measure, smallest),
  }));
}
