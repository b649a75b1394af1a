export interface BreakerSettings {
  /** Failures in a row that open the breaker. */
  readonly threshold: number;
  /** How long it stays open before one probe is let through. */
  readonly probeAfterMs: number;
}

/**
 * Tells whether a call is worth trying. Open after some failures in a row; then one call at a time is let through every few
 * seconds, and its success closes it.
 */
export function circuitBreaker({ threshold, probeAfterMs }: BreakerSettings, clock: () => number) {
  let failures = 0;
  let nextProbeAt = 0;
  return {
    allows(): boolean {
      if (failures < threshold) return true;
      if (clock() < nextProbeAt) return false;
      nextProbeAt = clock() + probeAfterMs;
      return true;
    },
    succeeded(): void {
      failures = 0;
    },
    failed(): void {
      failures += 1;
      if (failures >= threshold) nextProbeAt = clock() + probeAfterMs;
    },
    isOpen: (): boolean => failures >= threshold,
  };
}

export type CircuitBreaker = ReturnType<typeof circuitBreaker>;
