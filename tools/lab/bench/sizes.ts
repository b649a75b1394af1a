/** How much a round does, and the warm-up of each contender before the first. */
export type Sizes = typeof fullSizes;

export const fullSizes = {
  posts: 1000,
  /** rounds of registrations before the first one counts */
  warmRounds: 4,
  gets: 16_000,
  lists: 6000,
  /** events that are published at once */
  backlog: 3000,
  warmBacklog: 300,
  /** registrations at 20 per second */
  pacedPosts: 400,
  /** events that are due at once */
  relayed: 3000,
  /** of the bare clients that take a fraction of a millisecond */
  rawSteps: 10_000,
  /** registrations whose cost is counted */
  costed: 1000,
  /** how long the idle cost is counted; what polls does so for part of each minute */
  idleSeconds: 60,
  /** rows of the tables that grow */
  users: [1000, 100_000, 1_000_000],
  /** finished events, beside those that are due */
  finished: 1_000_000,
  /** calls for one percentile */
  probes: 300,
};

export const shortSizes: Sizes = {
  posts: 64,
  warmRounds: 1,
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
