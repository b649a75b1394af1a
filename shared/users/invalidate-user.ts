import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { effect } from '#shared/runtime/effects.ts';
import { type CacheInvalidation, cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import type { UserCache } from './user-cache.ts';

/**
 * Removes a user's stale entry from Redis after a committed change. If Redis does not acknowledge, the row stays in its table
 * and the relay repeats it.
 * @returns whether Redis acknowledged
 */
export async function invalidateUser(
  database: () => Promise<Database>,
  cache: UserCache,
  { id, userId, version }: CacheInvalidation,
): Promise<boolean> {
  if (!(await effect('invalidate cached user', () => cache.invalidate(userId, version)))) return false;
  try {
    await store(database, cacheInvalidationRepository)('delete invalidation', (rows) => rows.acknowledged([id]));
  } catch (error) {
    log.warn('Cache invalidation not acknowledged, it will be repeated', { problem: errorText(error, 120) });
  }
  return true;
}
