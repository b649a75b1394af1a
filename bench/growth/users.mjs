import { randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import { percentile } from '#tests/chaos/percentile.mjs';
import { alternate, figureFrom } from '../alternate.mjs';
import { withDatabase } from '../database.mjs';
import { callOnce, timesOf } from '../http-load.mjs';
import { newTag, registration } from '../people.mjs';
import { settling } from '../settle.mjs';
import { seedUsers, swappable } from './seed.mjs';

const pageSize = 20;
/** Totals and known places of pages are this old at most: afterwards they are of the table that is read now. */
const forgetMs = 6000;

/**
 * @typedef {import('../laboratory.mjs').Laboratory} Laboratory
 * @typedef {import('../system/system.mjs').OurSystem} OurSystem
 */

/** @param {number} count */
const usersWord = (count) => `${count.toLocaleString('en')} users`;

/** @param {number} page */
const pageCall = (page) => ({ method: 'GET', path: `/api/users/?page=${page}&pageSize=${pageSize}` });

/** @param {number} users */
const pagesOf = (users) => {
  const pages = Math.ceil(users / pageSize);
  return { 'first page': 0, 'middle page': Math.floor(pages / 2), 'last page': pages - 1 };
};

/**
 * Puts a table in place of the one before, with a cache that knows nothing and an application that has noticed.
 * @param {Laboratory} laboratory
 * @param {OurSystem} ours
 * @param {{ users: number, swapIn: ReturnType<typeof swappable> }} table
 */
const changeTable = async ({ servers }, { usersDatabaseUrl, redisNumber, base }, { users, swapIn }) => {
  await withDatabase(usersDatabaseUrl, (query) => swapIn(query, `users_${users}`));
  const redis = new Redis(servers.ports.redis, '127.0.0.1', { db: redisNumber });
  await redis.flushdb();
  redis.disconnect();
  const end = performance.now() + forgetMs;
  while (performance.now() < end)
    for (const page of Object.values(pagesOf(users))) await callOnce(base, pageCall(page));
};

/** @param {string} name @param {readonly number[]} times */
const percentiles = (name, times) => ({
  [`${name}, p50`]: percentile(times, 0.5) ?? Number.NaN,
  [`${name}, p99`]: percentile(times, 0.99) ?? Number.NaN,
});

/**
 * @param {Laboratory} laboratory
 * @param {OurSystem} ours
 * @param {number} users
 * @returns {Promise<import('../alternate.mjs').Shown>}
 */
const measureTable = async (laboratory, ours, users) => {
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
};

/**
 * @param {string} measure
 * @param {number} smallest
 * @returns {{ goal?: import('../figure.mjs').Goal, goals?: Record<string, import('../figure.mjs').Goal> }}
 */
const goalsOf = (measure, smallest) => {
  if (measure === 'list, middle page, p50') return { goal: { of: 'figure', atMost: 30 } };
  const isBounded = measure === 'list, first page, p50' || measure === 'list, last page, p50';
  return isBounded ? { goals: { [usersWord(smallest)]: { of: 'ratio', atMost: 1.5 } } } : {};
};

/**
 * The same calls with tables of several sizes, in turns.
 * @param {Laboratory} laboratory
 * @param {OurSystem} ours
 * @returns {Promise<import('../figure.mjs').Figure[]>}
 */
export const measureUsers = async (laboratory, ours) => {
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
};
