import { setTimeout as sleep } from 'node:timers/promises';

/** @throws when the signal is aborted */
export async function pause(ms: number, signal: AbortSignal) {
  await sleep(Math.max(0, ms), undefined, { signal });
}
