import type { Migration } from '#migrations/history.ts';

/** Covering indexes for the dashboard. The second replaces the index that purging used. */
export const dashboard: Migration = {
  name: '0004-dashboard',

  async up(db) {
    await db.raw(`
      ALTER TABLE outbox_events
        ADD KEY outbox_events_added (event_state, added_at),
        ADD KEY outbox_events_ended (event_state, processed_at, added_at),
        DROP KEY outbox_events_processed`);
  },

  async down(db) {
    await db.raw(`
      ALTER TABLE outbox_events
        ADD KEY outbox_events_processed (event_state, processed_at),
        DROP KEY outbox_events_added,
        DROP KEY outbox_events_ended`);
  },
};
