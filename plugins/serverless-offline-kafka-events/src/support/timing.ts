/**
 * Limits how long a promise may take: kafkajs can lose a request silently when a connection closes.
 * @throws when the limit is exceeded
 */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits that end immediately on stop. */
export interface Waiter {
  readonly isStopped: boolean;
  readonly stopped: Promise<void>;
  wait(ms: number): Promise<void>;
  stop(): void;
}

export function createWaiter(): Waiter {
  let isStopped = false;
  let release: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    get isStopped() {
      return isStopped;
    },
    stopped,
    async wait(ms) {
      let timer: NodeJS.Timeout | undefined;
      const elapsed = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([elapsed, stopped]);
      clearTimeout(timer);
    },
    stop() {
      isStopped = true;
      release();
    },
  };
}
