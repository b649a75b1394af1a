import pLimit from 'p-limit';

/** Limits concurrent calls. Each `slowDown` halves the limit; as many calls of `speedUp` as it then allows raise it by one. */
export function adaptiveLimit(most: number) {
  const run = pLimit(most);
  let allowed = most;
  const change = (next: number): void => {
    allowed = Math.min(Math.max(next, 1), most);
    run.concurrency = Math.floor(allowed);
  };
  return {
    run: <T>(call: () => Promise<T>): Promise<T> => run(call),
    concurrency: (): number => run.concurrency,
    slowDown: (): void => change(allowed / 2),
    speedUp: (): void => change(allowed + 1 / Math.floor(allowed)),
  };
}

export type AdaptiveLimit = ReturnType<typeof adaptiveLimit>;
