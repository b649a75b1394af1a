/**
 * The value that a share of all values does not exceed (nearest rank).
 * @param share from 0 to 1
 * @returns undefined without values
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @returns undefined without values */
export function largest(values: readonly number[]): number | undefined {
  return percentile(values, 1);
}

/** The median and the tail as named measures. */
export function percentilesOf(name: string, values: readonly number[]) {
  return {
    [`${name}p50`]: percentile(values, 0.5) ?? Number.NaN,
    [`${name}p99`]: percentile(values, 0.99) ?? Number.NaN,
  };
}

/** @returns the mean of the two middle values of an even number; undefined without values */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** Formats a number with three significant digits, whole numbers in full. */
export function shortNumber(value: number) {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: decimals });
}
