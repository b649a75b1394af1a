import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { callOnce } from './http-client.ts';

/** A client that waits longer than this for an answer has given up. */
const clientLimitMs = 30_000;
const password = 'correct-horse-1';

/** startedAt on performance.now() */
export type Timing = { startedAt: number; ms: number; status: number };

export type Post = Timing & { email: string; traceId: string };

export interface Load {
  /** those that have ended, in the order of their ends */
  posts: readonly Post[];
  gets: readonly Timing[];
  /** starts no more calls and waits until all have ended */
  stop: () => Promise<void>;
}

function registration(email: string, traceId: string) {
  return {
    method: 'POST',
    path: '/api/users/',
    json: { name: 'Load', lastname: 'Test', email, password },
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  };
}

/** Registers somebody and gives the id. */
export async function registerOne(base: string, email: string): Promise<number> {
  const { status, text } = await callOnce(base, { ...registration(email, traceIdOf(email)), limitMs: clientLimitMs });
  if (status !== 201) throw new Error(`POST /api/users/ answered ${status} ${text.slice(0, 200)}`);
  // The peer's answer carries no id; the first user of a new database has 1.
  return JSON.parse(text).id ?? 1;
}

function traceIdOf(email: string) {
  return createHash('md5').update(email).digest('hex');
}

/**
 * Calls at a steady rate, whether or not earlier calls have been answered.
 * @returns stops and waits for what is open
 */
function steadily(perSecond: number, call: (index: number) => Promise<void>): () => Promise<void> {
  const started = performance.now();
  const open: Set<Promise<void>> = new Set();
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
}

/** Registrations, each of an address of its own, and reads of one user whom the cache knows. */
export function startLoad({
  base,
  tag,
  userId,
  postsPerSecond,
  getsPerSecond,
  signal,
}: {
  base: string;
  tag: string;
  userId: number;
  postsPerSecond: number;
  getsPerSecond: number;
  signal: AbortSignal;
}): Load {
  // Every open call listens for the end of the run.
  setMaxListeners(0, signal);
  const posts: Post[] = [];
  const gets: Timing[] = [];
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
}
