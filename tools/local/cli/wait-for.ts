import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until the answer is true.
 * @param ask an error counts as false
 * @returns false after the timeout
 */
export async function waitFor(
  ask: () => Promise<boolean> | boolean,
  { timeoutMs, everyMs = 50 }: { timeoutMs: number; everyMs?: number },
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await attempt(ask)) return true;
    if (Date.now() >= end) return false;
    await sleep(everyMs);
  }
}

async function attempt(ask: () => Promise<boolean> | boolean) {
  try {
    return await ask();
  } catch {
    return false;
  }
}
