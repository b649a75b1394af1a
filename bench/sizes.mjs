/**
 * How much a round does.
 * @typedef {object} Sizes
 * @property {number} posts
 * @property {number} gets
 * @property {number} lists
 * @property {number} backlog events put onto the topic at once
 * @property {number} warmBacklog
 * @property {number} pacedPosts registrations at 20 a second
 * @property {number} relayed events that are due at once
 * @property {number} rawSteps of the bare clients that take a fraction of a millisecond
 * @property {number} costed registrations whose cost is counted
 * @property {number} idleSeconds for which the idle cost is counted; what polls does so for part of each minute
 * @property {readonly number[]} users tables that grow
 * @property {number} finished events that are done, beside those that are due
 * @property {number} probes calls for one percentile
 */

/** @type {Sizes} */
export const fullSizes = {
  posts: 1000,
  gets: 6000,
  lists: 2000,
  backlog: 3000,
  warmBacklog: 300,
  pacedPosts: 400,
  relayed: 3000,
  rawSteps: 10_000,
  costed: 1000,
  idleSeconds: 60,
  users: [1000, 100_000, 1_000_000],
  finished: 1_000_000,
  probes: 300,
};

/** @type {Sizes} */
export const shortSizes = {
  posts: 64,
  gets: 400,
  lists: 100,
  backlog: 200,
  warmBacklog: 50,
  pacedPosts: 40,
  relayed: 500,
  rawSteps: 1000,
  costed: 100,
  idleSeconds: 3,
  users: [1000, 12_000, 30_000],
  finished: 20_000,
  probes: 30,
};
