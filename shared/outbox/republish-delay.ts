import { getConfig } from '#shared/config/config.ts';
import { backoffMs } from '#shared/async/backoff.ts';

/** How long to wait for a confirmation after the n-th publication (n from 1). In ms. */
export const republishDelayMs = (publications: number): number => {
  const { RELAY_REPUBLISH_FIRST_MS: firstMs, RELAY_REPUBLISH_LONGEST_MS: longestMs } = getConfig();
  return backoffMs({ firstMs, longestMs }, publications);
};
