/**
 * The value that a share of all values does not exceed (nearest rank).
 * @param share from 0 to 1
 * @returns undefined without values
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The largest value, however many there are. */
export function largest(values: readonly number[]): number | undefined {
  return percentile(values, 1);
}
