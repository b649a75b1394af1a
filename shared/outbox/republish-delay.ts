import { backoffMs } from '#shared/async/backoff.ts';
import { getConfig } from '#shared/config/config.ts';

/** How long to wait for a confirmation after the n-th publication (n from 1). In ms. */
export function republishDelayMs(publications: number): number {
  const { RELAY_REPUBLISH_FIRST_MS: firstMs, RELAY_REPUBLISH_LONGEST_MS: longestMs } = getConfig();
  return backoffMs({ firstMs, longestMs }, publications);
}
