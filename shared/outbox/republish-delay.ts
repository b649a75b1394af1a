const FIRST_MS = 30_000;
const LONGEST_MS = 60 * 60 * 1000;

/** How long to wait for a confirmation after the n-th publication (n from 1): 30 s, doubling, at most an hour. */
export const republishDelayMs = (publications: number): number =>
  Math.min(FIRST_MS * 2 ** Math.min(Math.max(publications, 1) - 1, 20), LONGEST_MS);
