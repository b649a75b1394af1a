import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { step } from '#shared/runtime/steps.ts';
import { type CacheInvalidation, cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import type { UserCache } from './user-cache.ts';

/**
 * Tells Redis what a committed change has made stale. What cannot be told now stays in its table, where the relay finds it.
 * Returns whether Redis acknowledged.
 */
export async function invalidateUser(
  database: Database,
  cache: UserCache,
  { id, userId, version }: CacheInvalidation,
): Promise<boolean> {
  if (!(await cache.invalidate(userId, version))) return false;
  await step('invalidate: Redis told');
  try {
    await statement(database, (db) => cacheInvalidationRepository(db).acknowledged([id]));
    await step('invalidate: acknowledged');
  } catch (error) {
    log.warn('Cache invalidation will be repeated', { problem: errorText(error, 120) });
  }
  return true;
}
