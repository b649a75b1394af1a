import { alterTable } from '#migrations/alter-table.ts';
import type { Migration } from '#shared/db/migrate.ts';

/** Covering indexes for the dashboard. The second replaces the index that purging used. */
export const dashboard: Migration = {
  name: '0004-dashboard',

  async up(db) {
    await alterTable(db, 'outbox_events', {
      addKeys: {
        outbox_events_added: '(event_state, added_at)',
        outbox_events_ended: '(event_state, processed_at, added_at)',
      },
      dropKeys: ['outbox_events_processed'],
    });
  },
};
