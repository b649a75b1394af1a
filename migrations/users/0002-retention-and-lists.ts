import type { Migration } from '#migrations/history.ts';

/** Indexes for purging and for listing events of one state. */
export const retentionAndLists: Migration = {
  name: '0002-retention-and-lists',

  async up(db) {
    await db.raw('ALTER TABLE outbox_events ADD KEY outbox_events_processed (event_state, processed_at)');
    await db.raw('ALTER TABLE outbox_events ADD KEY outbox_events_state (event_state, id)');
    await db.raw('ALTER TABLE dead_letters ADD KEY dead_letters_recorded (recorded_at)');
  },

  async down(db) {
    await db.raw('ALTER TABLE outbox_events DROP KEY outbox_events_processed');
    await db.raw('ALTER TABLE outbox_events DROP KEY outbox_events_state');
    await db.raw('ALTER TABLE dead_letters DROP KEY dead_letters_recorded');
  },
};
