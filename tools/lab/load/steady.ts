import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchText } from './http.ts';
import { addressOf, registration } from './registrations.ts';

const maxConnections = 64;

/**
 * Starts calls at a steady rate, whether or not earlier ones were answered.
 * @param count after which it ends by itself
 * @returns done: when all calls have ended; throws what the first failed one threw. stop: starts no more of them
 */
export function callSteadily(
  perSecond: number,
  call: (index: number) => Promise<unknown>,
  count: number = Number.POSITIVE_INFINITY,
): { done: Promise<unknown>; stop: () => void } {
  const stopping = new AbortController();
  const started = performance.now();
  const open: Set<Promise<unknown>> = new Set();
  const failures: unknown[] = [];
  const run = async () => {
    for (let next = 0; next < count && !stopping.signal.aborted; next += 1) {
      const work: Promise<unknown> = call(next)
        .catch((error) => failures.push(error))
        .finally(() => open.delete(work));
      open.add(work);
      const dueInMs = started + ((next + 1) * 1000) / perSecond - performance.now();
      if (dueInMs > 0) await sleep(dueInMs, undefined, stopping).catch(() => undefined);
    }
    await Promise.all(open);
    if (failures.length > 0) throw failures[0];
  };
  return { done: run(), stop: () => stopping.abort() };
}

/** Registers users at a steady rate, over kept connections. */
export async function registerSteadily(
  base: string,
  load: { tag: string; count: number; perSecond: number; onStart?: (index: number) => void },
) {
  // A new agent for each load: servers close connections that were idle between two rounds.
  const agent = new http.Agent({ keepAlive: true, maxSockets: maxConnections });
  const register = (index: number) => {
    load.onStart?.(index);
    return fetchText(base, registration(addressOf(load.tag, index)), { agent });
  };
  await callSteadily(load.perSecond, register, load.count).done.finally(() => agent.destroy());
}
