import type { RetryBackoff } from '../config/mapping.ts';

/** Milliseconds to wait after the given number of failures in a row (1 or more). */
export function backoffMs(backoff: RetryBackoff, failures: number): number {
  return Math.min(backoff.initialMs * 2 ** Math.min(failures - 1, 30), backoff.maximumMs);
}
