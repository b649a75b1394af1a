import { setMaxListeners } from 'node:events';
import { callOnce } from '../load/http.ts';
import { addressOf, newTag, registration, traceIdOf } from '../load/registrations.ts';
import { callSteadily } from '../load/steady.ts';
import type { Laboratory } from './laboratory.ts';

/** startedAt on performance.now() */
export type Timing = { startedAt: number; ms: number; status: number };

export type Post = Timing & { email: string; traceId: string };

export interface Load {
  /** the beginning of its addresses */
  tag: string;
  /** those that have ended, in the order of their ends */
  posts: readonly Post[];
  gets: readonly Timing[];
  /** starts no more calls and waits until all have ended */
  stop: () => Promise<void>;
}

/** Registers users, each with an address of its own, and reads one user, whom the cache knows; replicas take turns. */
export function startLoad(
  { replicas, userId, signal }: Laboratory,
  { postsPerSecond, getsPerSecond }: { postsPerSecond: number; getsPerSecond: number },
): Load {
  // Every open call listens for the end of the run.
  setMaxListeners(0, signal);
  const tag = newTag();
  const posts: Post[] = [];
  const gets: Timing[] = [];
  const baseOf = (index: number) => replicas[index % replicas.length]?.base ?? '';
  const registering = callSteadily(postsPerSecond, async (index) => {
    const email = addressOf(tag, index);
    const startedAt = performance.now();
    const { status, ms } = await callOnce(baseOf(index), registration(email), { signal });
    posts.push({ email, traceId: traceIdOf(email), startedAt, ms, status });
  });
  const reading = callSteadily(getsPerSecond, async (index) => {
    const startedAt = performance.now();
    const { status, ms } = await callOnce(baseOf(index), { method: 'GET', path: `/api/users/${userId}` }, { signal });
    gets.push({ startedAt, ms, status });
  });
  const stop = async () => {
    registering.stop();
    reading.stop();
    await Promise.all([registering.done, reading.done]);
  };
  return { tag, posts, gets, stop };
}
