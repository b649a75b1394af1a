import type { Timing } from './load.ts';
import { largest, percentile } from './percentile.ts';

/** What clients saw of one fault. */
export interface Measures {
  /** registrations that were tried */
  requests: number;
  /** the slowest call of all */
  slowestMs: number | undefined;
  /** of registrations before the fault */
  normalP99Ms: number | undefined;
  /** of registrations during the fault */
  faultP99Ms: number | undefined;
  /** share of registrations during the fault that were answered 201 */
  postAvailability: number | undefined;
  /** share of reads during the fault that were answered 200 */
  getAvailability: number | undefined;
  /** of the registrations that were answered 503 */
  slowest503Ms: number | undefined;
  slowestFaultPostMs: number | undefined;
}

function availability(calls: readonly Timing[], expected: number) {
  return calls.length === 0 ? undefined : calls.filter(({ status }) => status === expected).length / calls.length;
}

function msOf(calls: readonly Timing[]) {
  return calls.map(({ ms }) => ms);
}

/** @param window on performance.now() */
export function measure(
  { posts, gets }: { posts: readonly Timing[]; gets: readonly Timing[] },
  { faultAt, returnedAt }: { faultAt: number; returnedAt: number },
): Measures {
  const during = ({ startedAt }: Timing) => startedAt >= faultAt && startedAt < returnedAt;
  const faultPosts = posts.filter(during);
  const normalPosts = posts.filter(({ startedAt, ms }) => startedAt + ms < faultAt);
  return {
    requests: posts.length,
    slowestMs: largest(msOf([...posts, ...gets])),
    normalP99Ms: percentile(msOf(normalPosts), 0.99),
    faultP99Ms: percentile(msOf(faultPosts), 0.99),
    postAvailability: availability(faultPosts, 201),
    getAvailability: availability(gets.filter(during), 200),
    slowest503Ms: largest(msOf(posts.filter(({ status }) => status === 503))),
    slowestFaultPostMs: largest(msOf(faultPosts)),
  };
}

/** Registrations are as fast as normal when they take no longer than this. */
export function normalLimitMs(normalP99Ms: number | undefined) {
  return Math.max(2 * (normalP99Ms ?? 0), 150);
}
