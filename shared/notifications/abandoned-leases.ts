import { processWide } from '#shared/runtime/process-wide.ts';

/** A commit in transit when its connection ended may take effect up to this much later. */
const LATE_COMMIT_MS = 30_000;

/** Owner → the time until which a row may hold its lease, on the monotonic clock. */
const leases = processWide('abandoned-leases', () => new Map<string, number>());

/**
 * Leases whose claim ended in an error. The database may have committed the claim, or may still do so, but no worker sends under
 * it: its rows are released immediately instead of at the lease's end. Process-wide, because any function of this process may
 * find such rows.
 */
export const abandonedLeases = {
  has: (owner: string | null): boolean => owner !== null && leases.has(owner),

  /** Owners whose leases rows may still hold. */
  owners(): string[] {
    const now = performance.now();
    for (const [owner, until] of leases) if (until < now) leases.delete(owner);
    return [...leases.keys()];
  },
};

/**
 * Runs a claim of rows for `owner`; if it fails, the lease counts as abandoned.
 * @throws whatever `claim` throws
 */
export async function abandonedUnlessClaimed<T>(
  { owner, ms }: { readonly owner: string; readonly ms: number },
  claim: () => Promise<T>,
): Promise<T> {
  try {
    return await claim();
  } catch (error) {
    leases.set(owner, performance.now() + ms + LATE_COMMIT_MS);
    throw error;
  }
}
