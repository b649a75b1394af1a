import type { Database } from '#shared/db/database.ts';
import { purge, store } from '#shared/db/run.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import { idempotencyRepository } from './idempotency-repository.ts';
import { invalidateUser } from './invalidate-user.ts';
import type { UserCache } from './user-cache.ts';

const BATCH = 200;

/** A Redis that is down fails every call: the rest can wait for the next round. */
const MAX_FAILURES = 10;

/** Repeats the cache invalidations that Redis has not acknowledged. Each call continues after the last one that was tried. */
export function drainCacheInvalidations(database: () => Promise<Database>, cache: UserCache) {
  const invalidations = store(database, cacheInvalidationRepository);
  let after = 0;
  return async (): Promise<void> => {
    const pending = await invalidations((rows) => rows.pending(after, BATCH));
    let failures = 0;
    for (const invalidation of pending) {
      after = invalidation.id;
      if (!(await invalidateUser(database, cache, invalidation))) failures += 1;
      if (failures === MAX_FAILURES) return;
    }
    if (pending.length < BATCH) after = 0;
  };
}

/** A client that got no answer within a day does not retry with the same key. */
const KEEP_HOURS = 24;

/** Deletes idempotency keys after a day. @throws AppError DEPENDENCY_DOWN */
export function purgeKeys(database: () => Promise<Database>) {
  const keys = store(database, idempotencyRepository);
  return async (shouldContinue: ShouldContinue): Promise<void> => {
    await purge((limit) => keys((rows) => rows.purge(KEEP_HOURS, limit)), shouldContinue);
  };
}
