import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is true.
 * @param {() => Promise<boolean> | boolean} ask a throw counts as no
 * @param {{ timeoutMs: number, everyMs?: number }} limits
 * @returns {Promise<boolean>} false when the time ran out
 */
export async function waitFor(ask, { timeoutMs, everyMs = 50 }) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await attempt(ask)) return true;
    if (Date.now() >= end) return false;
    await sleep(everyMs);
  }
}

/** @param {() => Promise<boolean> | boolean} ask */
async function attempt(ask) {
  try {
    return await ask();
  } catch {
    return false;
  }
}
