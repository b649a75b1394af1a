import { largest, percentile } from '../statistics.ts';
import type { Timing } from './load.ts';

/** What clients saw of one fault. */
export type Measures = ReturnType<typeof measure>;

function availability(calls: readonly Timing[], expected: number) {
  return calls.length === 0 ? undefined : calls.filter(({ status }) => status === expected).length / calls.length;
}

function msOf(calls: readonly Timing[]) {
  return calls.map(({ ms }) => ms);
}

/** @returns the p99 of the registrations that ended before the fault */
export function normalP99(posts: readonly Timing[], faultAt: number) {
  return percentile(msOf(posts.filter(({ startedAt, ms }) => startedAt + ms < faultAt)), 0.99);
}

/**
 * @param window on performance.now()
 * @returns undefined where there were no such calls
 */
export function measure(
  { posts, gets }: { posts: readonly Timing[]; gets: readonly Timing[] },
  { faultAt, returnedAt }: { faultAt: number; returnedAt: number },
) {
  const during = ({ startedAt }: Timing) => startedAt >= faultAt && startedAt < returnedAt;
  const faultPosts = posts.filter(during);
  return {
    /** attempted registrations */
    requests: posts.length,
    /** of all calls */
    slowestMs: largest(msOf([...posts, ...gets])),
    normalP99Ms: normalP99(posts, faultAt),
    /** of registrations during the fault */
    faultP99Ms: percentile(msOf(faultPosts), 0.99),
    /** share of registrations during the fault that were answered 201 */
    postAvailability: availability(faultPosts, 201),
    /** share of reads during the fault that were answered 200 */
    getAvailability: availability(gets.filter(during), 200),
    /** of the registrations that were answered 503 */
    slowest503Ms: largest(msOf(posts.filter(({ status }) => status === 503))),
    slowestFaultPostMs: largest(msOf(faultPosts)),
  };
}

/** Registrations are as fast as normal when they take no longer than this. */
export function normalLimitMs(normalP99Ms: number | undefined) {
  return Math.max(2 * (normalP99Ms ?? 0), 150);
}
