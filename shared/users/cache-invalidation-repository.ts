import type { Executor } from '#shared/db/database.ts';
import { now } from '#shared/db/sql.ts';

export interface CacheInvalidation {
  readonly id: number;
  readonly userId: number;
  /** The lowest version that may be cached again. */
  readonly version: number;
}

/** Invalidations that Redis has not acknowledged yet, written in the transaction of the change itself. */
export function cacheInvalidationRepository(db: Executor) {
  return {
    async add(userId: number, version: number): Promise<CacheInvalidation> {
      const row = { user_id: userId, version, added_at: now(db) };
      const [id] = await db('cache_invalidations').insert(row);
      return { id: Number(id), userId, version };
    },

    async pending(afterId: number, limit: number): Promise<CacheInvalidation[]> {
      const rows = db('cache_invalidations').select('id', 'version', { userId: 'user_id' }).where('id', '>', afterId);
      return rows.orderBy('id').limit(limit);
    },

    async acknowledged(ids: readonly number[]): Promise<void> {
      await db('cache_invalidations').whereIn('id', ids).delete();
    },
  };
}
