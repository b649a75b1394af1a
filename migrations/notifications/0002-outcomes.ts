import { alterTable } from '#migrations/alter-table.ts';
import type { Migration } from '#shared/db/migrate.ts';

/**
 * - `started_by` replaces the counter `unfinished_starts`: a set of lease owners, so that a repeated statement adds or removes an
 *   owner once. The counter stays for processes of the previous version and is dropped by a later migration.
 * - `unknowns` counts the sends whose outcome stayed unknown.
 * - `settled_at` is set with the outcome from now on: rows that waited for their publication would otherwise never be purged.
 */
export const outcomes: Migration = {
  name: '0002-outcomes',

  async up(db) {
    await alterTable(db, 'email_deliveries', {
      addColumns: {
        started_by: "VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''",
        unknowns: 'INT NOT NULL DEFAULT 0',
      },
    });
    await db.raw(`
      UPDATE email_deliveries
      SET settled_at = COALESCE(sent_at, UTC_TIMESTAMP(3)), next_attempt_at = NULL, user_email = NULL
      WHERE status IN ('SENT', 'FAILED') AND settled_at IS NULL`);
  },
};
