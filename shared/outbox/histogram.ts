import type { Latency } from './outbox-schemas.ts';

/** Ratio of neighbouring bucket bounds: a value read from a bucket's middle is off by less than 5 %. */
export const BUCKET_GROWTH = 1.1;

/** Bucket → number of values. Bucket b holds the values nearest to BUCKET_GROWTH^b ms. */
export type Histogram = ReadonlyMap<number, number>;

export function merge(histograms: Iterable<Histogram>): Histogram {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

function rounded(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}

/** A percentile in ms by the nearest-rank method; `part` is 0 to 1. */
function percentile(histogram: Histogram, part: number): number {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(total * part));
  let seen = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return rounded(BUCKET_GROWTH ** bucket);
  }
  return 0;
}

/** Percentiles of a histogram, null if it is empty. */
export function latencyOf(histogram: Histogram): Latency | null {
  return histogram.size === 0
    ? null
    : { p50: percentile(histogram, 0.5), p95: percentile(histogram, 0.95), p99: percentile(histogram, 0.99) };
}
