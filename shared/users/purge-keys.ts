import type { Database } from '#shared/db/database.ts';
import { purge } from '#shared/db/purge.ts';
import { statement } from '#shared/db/run.ts';
import type { MayGoOn } from '#shared/runtime/time-left.ts';
import { idempotencyRepository } from './idempotency-repository.ts';

/** A client that has had no answer for a day does not ask again with the same key. */
const KEEP_HOURS = 24;

/** Forgets keys after a day, in small batches. @throws AppError DEPENDENCY_DOWN */
export function purgeKeys(database: () => Promise<Database>) {
  return async (mayGoOn: MayGoOn): Promise<void> => {
    const db = await database();
    const keys = idempotencyRepository(db);
    await purge((limit) => statement(db, () => keys.purge(KEEP_HOURS, limit)), mayGoOn);
  };
}
