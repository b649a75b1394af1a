import type { Executor } from '#shared/db/database.ts';
import { isDuplicateKey } from '#shared/db/database-errors.ts';
import { now } from '#shared/db/sql.ts';

export interface KeptRequest {
  readonly keyDigest: string;
  readonly bodyDigest: string;
  readonly userId: number;
}

/** Another request with the same key was committed first. */
export class KeyTakenError extends Error {
  constructor() {
    super('The idempotency key is taken');
    this.name = 'KeyTakenError';
  }
}

export function idempotencyRepository(db: Executor) {
  return {
    /** @throws KeyTakenError */
    async add({ keyDigest, bodyDigest, userId }: KeptRequest): Promise<void> {
      const row = { key_digest: keyDigest, body_digest: bodyDigest, user_id: userId, added_at: now(db) };
      try {
        await db('idempotency_keys').insert(row);
      } catch (error) {
        throw isDuplicateKey(error) ? new KeyTakenError() : error;
      }
    },

    async find(keyDigest: string): Promise<KeptRequest | undefined> {
      return db('idempotency_keys')
        .first({ keyDigest: 'key_digest', bodyDigest: 'body_digest', userId: 'user_id' })
        .where({ key_digest: keyDigest });
    },

    /** Deletes keys older than `hours` hours; returns how many. */
    async purge(hours: number, limit: number): Promise<number> {
      const old = db('idempotency_keys').where('added_at', '<', db.raw('UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [hours]));
      return old.limit(limit).delete();
    },
  };
}
