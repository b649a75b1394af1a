import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is true.
 * @param ask a throw counts as no
 * @returns false when the time ran out
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
