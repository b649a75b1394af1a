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
