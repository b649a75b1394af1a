import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { callOnce } from './http-client.mjs';

/** A client that waits longer than this for an answer has given up. */
const clientLimitMs = 30_000;
const password = 'correct-horse-1';

/**
 * @typedef {{ startedAt: number, ms: number, status: number }} Timing startedAt on performance.now()
 * @typedef {Timing & { email: string, traceId: string }} Post
 * @typedef {object} Load
 * @property {readonly Post[]} posts those that have ended, in the order of their ends
 * @property {readonly Timing[]} gets
 * @property {() => Promise<void>} stop starts no more calls and waits until all have ended
 */

/**
 * @param {string} email
 * @param {string} traceId
 */
const registration = (email, traceId) => ({
  method: 'POST',
  path: '/api/users/',
  json: { name: 'Load', lastname: 'Test', email, password },
  headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
});

/**
 * Registers somebody and gives the id.
 * @param {string} base
 * @param {string} email
 * @returns {Promise<number>}
 */
export const registerOne = async (base, email) => {
  const { status, text } = await callOnce(base, { ...registration(email, traceIdOf(email)), limitMs: clientLimitMs });
  if (status !== 201) throw new Error(`POST /api/users/ answered ${status} ${text.slice(0, 200)}`);
  // The peer's answer carries no id; the first user of a new database has 1.
  return JSON.parse(text).id ?? 1;
};

const traceIdOf = (/** @type {string} */ email) => createHash('md5').update(email).digest('hex');

/**
 * Calls at a steady rate, whether or not earlier calls have been answered.
 * @param {number} perSecond
 * @param {(index: number) => Promise<void>} call
 * @returns {() => Promise<void>} stops and waits for what is open
 */
const steadily = (perSecond, call) => {
  const started = performance.now();
  /** @type {Set<Promise<void>>} */
  const open = new Set();
  let next = 0;
  const tick = () => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    for (; next <= due; next += 1) {
      const work = call(next).finally(() => open.delete(work));
      open.add(work);
    }
  };
  const timer = setInterval(tick, 1000 / perSecond / 2);
  tick();
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
  };
};

/**
 * Registrations, each of an address of its own, and reads of one user whom the cache knows.
 * @param {{ base: string, tag: string, userId: number, postsPerSecond: number, getsPerSecond: number, signal: AbortSignal }} options
 * @returns {Load}
 */
export const startLoad = ({ base, tag, userId, postsPerSecond, getsPerSecond, signal }) => {
  // Every open call listens for the end of the run.
  setMaxListeners(0, signal);
  /** @type {Post[]} */
  const posts = [];
  /** @type {Timing[]} */
  const gets = [];
  const stopPosts = steadily(postsPerSecond, async (index) => {
    const email = `${tag}${index}@b.io`;
    const traceId = traceIdOf(email);
    const startedAt = performance.now();
    const { status, ms } = await callOnce(base, {
      ...registration(email, traceId),
      limitMs: clientLimitMs,
      signal,
    });
    posts.push({ email, traceId, startedAt, ms, status });
  });
  const stopGets = steadily(getsPerSecond, async () => {
    const startedAt = performance.now();
    const path = `/api/users/${userId}`;
    const { status, ms } = await callOnce(base, { method: 'GET', path, limitMs: clientLimitMs, signal });
    gets.push({ startedAt, ms, status });
  });
  return {
    posts,
    gets,
    stop: async () => {
      await Promise.all([stopPosts(), stopGets()]);
    },
  };
};
