/**
 * Every part long enough to measure.
 * @type {import('./run-fault.mjs').Pace}
 */
export const fullPace = { normalMs: 15_000, faultMs: 15_000, postsPerSecond: 10, getsPerSecond: 20 };

/**
 * Only long enough for things to go wrong.
 * @type {import('./run-fault.mjs').Pace}
 */
export const shortPace = { normalMs: 1000, faultMs: 3500, postsPerSecond: 10, getsPerSecond: 20 };
