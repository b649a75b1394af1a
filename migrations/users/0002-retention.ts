import type { Migration } from '../migration.ts';

/** What is old enough to be removed is found without reading what is not. */
export const retention: Migration = {
  name: '0002-retention',

  async up(db) {
    await db.raw('ALTER TABLE outbox_events ADD KEY outbox_events_processed (event_state, processed_at)');
    await db.raw('ALTER TABLE dead_letters ADD KEY dead_letters_recorded (recorded_at)');
  },

  async down(db) {
    await db.raw('ALTER TABLE outbox_events DROP KEY outbox_events_processed');
    await db.raw('ALTER TABLE dead_letters DROP KEY dead_letters_recorded');
  },
};
