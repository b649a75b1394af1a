import { largest, percentile } from './percentile.mjs';

/** @typedef {import('./load.mjs').Timing} Timing */

/**
 * What clients saw of one fault.
 * @typedef {object} Measures
 * @property {number} requests registrations that were tried
 * @property {number | undefined} slowestMs the slowest call of all
 * @property {number | undefined} normalP99Ms of registrations before the fault
 * @property {number | undefined} faultP99Ms of registrations during the fault
 * @property {number | undefined} postAvailability share of registrations during the fault that were answered 201
 * @property {number | undefined} getAvailability share of reads during the fault that were answered 200
 * @property {number | undefined} slowest503Ms of the registrations that were answered 503
 * @property {number | undefined} slowestFaultPostMs
 */

/**
 * @param {readonly Timing[]} calls
 * @param {number} expected
 */
const availability = (calls, expected) =>
  calls.length === 0 ? undefined : calls.filter(({ status }) => status === expected).length / calls.length;

const msOf = (/** @type {readonly Timing[]} */ calls) => calls.map(({ ms }) => ms);

/**
 * @param {{ posts: readonly Timing[], gets: readonly Timing[] }} calls
 * @param {{ faultAt: number, returnedAt: number }} window on performance.now()
 * @returns {Measures}
 */
export const measure = ({ posts, gets }, { faultAt, returnedAt }) => {
  const during = (/** @type {Timing} */ { startedAt }) => startedAt >= faultAt && startedAt < returnedAt;
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
};

/** Registrations are as fast as normal when they take no longer than this. */
export const normalLimitMs = (/** @type {number | undefined} */ normalP99Ms) => Math.max(2 * (normalP99Ms ?? 0), 150);
