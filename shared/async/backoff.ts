export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long to wait after the n-th time (n from 1): the first wait, doubling each time, up to the longest. In ms. */
export function backoffMs({ firstMs, longestMs }: Backoff, times: number): number {
  return Math.min(firstMs * 2 ** Math.min(Math.max(times, 1) - 1, 20), longestMs);
}
