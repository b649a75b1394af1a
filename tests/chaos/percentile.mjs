/**
 * The value that a share of all values does not exceed (nearest rank).
 * @param {readonly number[]} values
 * @param {number} share from 0 to 1
 * @returns {number | undefined} undefined without values
 */
export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

/**
 * The largest value, however many there are.
 * @param {readonly number[]} values
 * @returns {number | undefined}
 */
export const largest = (values) => percentile(values, 1);
