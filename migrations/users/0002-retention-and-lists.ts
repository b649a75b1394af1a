import { alterTable } from '#migrations/alter-table.ts';
import type { Migration } from '#shared/db/migrate.ts';

/** Indexes for purging and for listing events of one state. */
export const retentionAndLists: Migration = {
  name: '0002-retention-and-lists',

  async up(db) {
    await alterTable(db, 'outbox_events', {
      addKeys: {
        outbox_events_processed: '(event_state, processed_at)',
        outbox_events_state: '(event_state, id)',
      },
    });
    await alterTable(db, 'dead_letters', { addKeys: { dead_letters_recorded: '(recorded_at)' } });
  },
};
