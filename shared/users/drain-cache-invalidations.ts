import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import { invalidateUser } from './invalidate-user.ts';
import type { UserCache } from './user-cache.ts';

const BATCH = 200;

/** Tells Redis what it could not be told when it changed. Stops quietly while Redis does not acknowledge. */
export function drainCacheInvalidations(database: () => Promise<Database>, cache: UserCache) {
  return async (): Promise<void> => {
    const db = await database();
    const pending = await statement(db, (executor) => cacheInvalidationRepository(executor).pending(BATCH));
    for (const invalidation of pending) {
      if (!(await invalidateUser(db, cache, invalidation))) return;
    }
  };
}
