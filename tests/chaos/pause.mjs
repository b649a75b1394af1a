import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @throws when the signal is aborted
 */
export const pause = async (ms, signal) => {
  await sleep(Math.max(0, ms), undefined, { signal });
};
