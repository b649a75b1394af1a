import type { Migration } from '#shared/db/migrate.ts';

/**
 * The user that each Idempotency-Key registered. The request is stored as a keyed digest only; a repeated answer is rebuilt from
 * the user's id and the repeated request.
 */
export const idempotency: Migration = {
  name: '0003-idempotency',

  async up(db) {
    await db.raw(`
      CREATE TABLE IF NOT EXISTS idempotency_keys (
        key_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        body_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        user_id BIGINT NOT NULL,
        added_at DATETIME(3) NOT NULL,
        PRIMARY KEY (key_digest),
        KEY idempotency_keys_added (added_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  },
};
