import type { Database } from '#shared/db/database.ts';
import { purge, store } from '#shared/db/run.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import { idempotencyRepository } from './idempotency-repository.ts';
import { invalidateUser } from './invalidate-user.ts';
import type { UserCache } from './user-cache.ts';

const BATCH = 200;

/** Repeats the cache invalidations that Redis has not acknowledged. Returns early if Redis does not acknowledge one now. */
export function drainCacheInvalidations(database: () => Promise<Database>, cache: UserCache) {
  const invalidations = store(database, cacheInvalidationRepository);
  return async (): Promise<void> => {
    for (const invalidation of await invalidations((rows) => rows.pending(BATCH))) {
      if (!(await invalidateUser(database, cache, invalidation))) return;
    }
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
