import { setTimeout as sleep } from 'node:timers/promises';

/** @throws when the signal is aborted */
export const pause = async (ms: number, signal: AbortSignal) => {
  await sleep(Math.max(0, ms), undefined, { signal });
};
