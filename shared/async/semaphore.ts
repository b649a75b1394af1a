export interface Waiting {
  /** How many may wait. */
  readonly most: number;
  /** What the next one is refused with. */
  refusal(): Error;
}

/** Lets at most `limit` runs go on at once; the others wait in order, or are refused when too many wait. */
export function semaphore(limit: number, { most, refusal }: Waiting = { most: Infinity, refusal: Error }) {
  const waiting: Array<() => void> = [];
  let running = 0;
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= limit) {
      if (waiting.length >= most) throw refusal();
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
