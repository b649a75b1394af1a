export interface BreakerSettings {
  /** Consecutive failures of different subjects that open the breaker. */
  readonly threshold: number;
  /** How long it stays open before it allows a probe. */
  readonly probeAfterMs: number;
}

/**
 * Opens after consecutive failures of `threshold` subjects, then allows one probe every `probeAfterMs`; a success closes it.
 * @param clock monotonic, in ms
 */
export function circuitBreaker({ threshold, probeAfterMs }: BreakerSettings, clock: () => number) {
  const failing = new Set<unknown>();
  let nextProbeAt = 0;
  return {
    allows(): boolean {
      if (failing.size < threshold) return true;
      if (clock() < nextProbeAt) return false;
      nextProbeAt = clock() + probeAfterMs;
      return true;
    },
    succeeded(): void {
      failing.clear();
    },
    /** @param subject failures of the same subject count once; without it each counts */
    failed(subject: unknown = Symbol()): void {
      if (failing.size < threshold) failing.add(subject);
      if (failing.size >= threshold) nextProbeAt = clock() + probeAfterMs;
    },
    /** Opens the breaker, whatever failed before. */
    open(): void {
      while (failing.size < threshold) failing.add(Symbol());
      nextProbeAt = clock() + probeAfterMs;
    },
    isOpen: (): boolean => failing.size >= threshold,
  };
}

export type CircuitBreaker = ReturnType<typeof circuitBreaker>;
