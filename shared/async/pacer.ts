/** Spaces starts evenly, at most `perSecond` of them in this process; 0: no limit. */
export function pacer(perSecond: number, now: () => number) {
  let next = Number.NEGATIVE_INFINITY;
  return {
    /** The time until the next start, in ms. */
    waitMs: (): number => Math.max(0, next - now()),

    /** Takes the next start, which the caller makes after `waitMs`. */
    take(): void {
      if (perSecond > 0) next = Math.max(next, now()) + 1000 / perSecond;
    },
  };
}

export type Pacer = ReturnType<typeof pacer>;
