import type { Pace } from './run-fault.ts';

/** Every part long enough to measure. */
export const fullPace: Pace = {
  normalMs: 15_000,
  faultMs: 15_000,
  healLimitMs: 90_000,
  settleLimitMs: 90_000,
  needsSpeed: true,
  postsPerSecond: 10,
  getsPerSecond: 20,
};

/**
 * Only long enough for things to go wrong. Times are printed, not asserted, and nobody waits for a busy machine to be fast again.
 */
export const shortPace: Pace = { ...fullPace, normalMs: 1000, faultMs: 3000, healLimitMs: 30_000, needsSpeed: false };

/** Beside other tests. */
export const testPace: Pace = { ...shortPace, normalMs: 500 };
