/** A bounded wait ran out of time. */
export class TimeLimitError extends Error {
  readonly code = 'ETIMELIMIT';

  constructor(what: string, limitMs: number) {
    super(`${what} took longer than ${limitMs} ms`);
    this.name = 'TimeLimitError';
  }
}

/**
 * Waits at most `limitMs` milliseconds for `work`. The work itself continues; if it rejects later, the error is ignored.
 * @throws TimeLimitError
 */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(what, limitMs)), limitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `ms` milliseconds, or as soon as the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * Waits until all work has settled, so that one failure does not leave the rest running unobserved.
 * @throws the first error, in the order of `work`
 */
export async function settleAll(work: ReadonlyArray<Promise<unknown>>): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Exponential back-off: the delay in ms before retry n (from 1), doubling from `firstMs` up to `longestMs`. */
export function backoffMs({ firstMs, longestMs }: Backoff, retry: number): number {
  return Math.min(firstMs * 2 ** Math.min(Math.max(retry, 1) - 1, 20), longestMs);
}
