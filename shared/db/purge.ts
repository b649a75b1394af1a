import type { MayGoOn } from '#shared/runtime/time-left.ts';

/** Few enough that the locks of one statement are held for milliseconds. */
const BATCH = 500;

/**
 * Deletes rows in small batches, each a statement of its own, until none is left or `mayGoOn` says no. Returns how many.
 * @param deleteSome deletes at most `limit` rows and returns how many it deleted
 */
export async function purge(deleteSome: (limit: number) => Promise<number>, mayGoOn: MayGoOn): Promise<number> {
  let purged = 0;
  while (mayGoOn()) {
    const deleted = await deleteSome(BATCH);
    purged += deleted;
    if (deleted < BATCH) break;
  }
  return purged;
}
