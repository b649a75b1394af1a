export interface BreakerSettings {
  /** Consecutive failures that open the breaker. */
  readonly threshold: number;
  /** How long it stays open before it allows a probe. */
  readonly probeAfterMs: number;
}

/**
 * Opens after `threshold` consecutive failures, then allows one probe every `probeAfterMs`; a success closes it.
 * @param clock monotonic, in ms
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
