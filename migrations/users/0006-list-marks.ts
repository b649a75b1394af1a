import { alterTable } from '#migrations/alter-table.ts';
import type { Migration } from '#shared/db/migrate.ts';

/** Rows of `dead_letters` that one statement compares with the events. */
const CHUNK = 10_000;

/**
 * Marks in long lists, and whether a dead letter belongs to an event of ours, so that neither a page nor a total reads a whole
 * table.
 */
export const listMarks: Migration = {
  name: '0006-list-marks',

  async up(db) {
    await db.raw(`
      CREATE TABLE IF NOT EXISTS list_marks (
        list VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        number INT NOT NULL,
        value_check INT UNSIGNED NOT NULL,
        row_id BIGINT NOT NULL,
        marked_at DATETIME(3) NOT NULL,
        PRIMARY KEY (list, number)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await alterTable(db, 'dead_letters', {
      addColumns: { is_known: 'TINYINT NOT NULL DEFAULT 0' },
      addKeys: { dead_letters_known: '(is_known, id)' },
    });
    const last: { id?: unknown } | undefined = await db('dead_letters').max({ id: 'id' }).first();
    for (let first = 0; first <= Number(last?.id ?? 0); first += CHUNK) {
      await db.raw(
        `UPDATE dead_letters l JOIN outbox_events e ON e.uuid = l.event_uuid SET l.is_known = 1
          WHERE l.is_known = 0 AND l.id BETWEEN ? AND ?`,
        [first, first + CHUNK - 1],
      );
    }
  },
};
