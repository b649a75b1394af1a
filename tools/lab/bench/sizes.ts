/** How much a round does. */
export interface Sizes {
  posts: number;
  gets: number;
  lists: number;
  /** events put onto the topic at once */
  backlog: number;
  warmBacklog: number;
  /** registrations at 20 a second */
  pacedPosts: number;
  /** events that are due at once */
  relayed: number;
  /** of the bare clients that take a fraction of a millisecond */
  rawSteps: number;
  /** registrations whose cost is counted */
  costed: number;
  /** for which the idle cost is counted; what polls does so for part of each minute */
  idleSeconds: number;
  /** tables that grow */
  users: readonly number[];
  /** events that are done, beside those that are due */
  finished: number;
  /** calls for one percentile */
  probes: number;
}

export const fullSizes: Sizes = {
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

export const shortSizes: Sizes = {
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
