const KEY = Symbol.for('event-driven-registration.abandoned-leases');

/** A commit that was on its way when its connection ended may take effect this much later. */
const LATE_COMMIT_MS = 30_000;

/** Owner → until when its lease may be found in a row, on the monotonic clock. */
function leases(): Map<string, number> {
  const holder = globalThis as unknown as Record<symbol, Map<string, number> | undefined>;
  const known = holder[KEY] ?? new Map<string, number>();
  holder[KEY] = known;
  return known;
}

/**
 * Leases whose claim ended in an error: the database may have committed it all the same, or may do so yet, but nobody sends
 * under it. Their rows are free at once instead of when the lease is over. Process-wide, as every function of this process
 * may meet them.
 */
export const abandonedLeases = {
  has: (owner: string | null): boolean => owner !== null && leases().has(owner),

  /** The owners whose leases may still be found. */
  owners(): string[] {
    const now = performance.now();
    for (const [owner, until] of leases()) if (until < now) leases().delete(owner);
    return [...leases().keys()];
  },
};

/**
 * Runs what claims rows for `owner`; when it fails, the lease counts as abandoned.
 * @throws what `claim` throws
 */
export async function abandonedUnlessClaimed<T>(
  { owner, ms }: { readonly owner: string; readonly ms: number },
  claim: () => Promise<T>,
): Promise<T> {
  try {
    return await claim();
  } catch (error) {
    leases().set(owner, performance.now() + ms + LATE_COMMIT_MS);
    throw error;
  }
}
