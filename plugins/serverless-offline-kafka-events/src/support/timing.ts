/**
 * The same promise, but never for ever: kafkajs can lose a request without a word when a connection ends at the wrong moment.
 * @throws when it takes longer
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

/** Waiting that ends at once when everything stops. */
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
