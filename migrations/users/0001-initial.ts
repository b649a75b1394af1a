import type { Migration } from '#shared/db/migrate.ts';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export const initialUsers: Migration = {
  name: '0001-initial',

  async up(db) {
    await db.raw(`
      CREATE TABLE IF NOT EXISTS users (
        id BIGINT NOT NULL AUTO_INCREMENT,
        name VARCHAR(20) NOT NULL,
        lastname VARCHAR(20) NOT NULL,
        email VARCHAR(32) NOT NULL,
        email_lower VARCHAR(96) NOT NULL,
        password_hash VARCHAR(160) NOT NULL,
        version BIGINT NOT NULL DEFAULT 1,
        created_at DATETIME(3) NOT NULL,
        updated_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY users_email_lower (email_lower),
        KEY users_name (name, id),
        KEY users_lastname (lastname, id),
        KEY users_email (email, id)
      ) ${TABLE_OPTIONS}`);
    await db.raw(`
      CREATE TABLE IF NOT EXISTS outbox_events (
        id BIGINT NOT NULL AUTO_INCREMENT,
        uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        user_id BIGINT NULL,
        user_email VARCHAR(32) NULL,
        event_state VARCHAR(10) NOT NULL,
        topic VARCHAR(249) NOT NULL,
        generation INT NOT NULL DEFAULT 0,
        attempts INT NOT NULL DEFAULT 0,
        reason VARCHAR(500) NULL,
        traceparent CHAR(55) NULL,
        erase_when_done TINYINT NOT NULL DEFAULT 0,
        added_at DATETIME(3) NOT NULL,
        published_at DATETIME(3) NULL,
        processed_at DATETIME(3) NULL,
        next_attempt_at DATETIME(3) NULL,
        PRIMARY KEY (id),
        UNIQUE KEY outbox_events_uuid (uuid),
        KEY outbox_events_due (event_state, next_attempt_at),
        KEY outbox_events_unpublished (event_state, published_at, next_attempt_at),
        KEY outbox_events_user (user_id)
      ) ${TABLE_OPTIONS}`);
    await db.raw(`
      CREATE TABLE IF NOT EXISTS dead_letters (
        id BIGINT NOT NULL AUTO_INCREMENT,
        topic VARCHAR(249) NOT NULL,
        topic_partition INT NOT NULL,
        record_offset BIGINT NOT NULL,
        event_uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        failure_condition VARCHAR(64) NOT NULL,
        reason VARCHAR(500) NOT NULL,
        record TEXT NULL,
        recorded_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY dead_letters_position (topic, topic_partition, record_offset),
        KEY dead_letters_event (event_uuid)
      ) ${TABLE_OPTIONS}`);
    await db.raw(`
      CREATE TABLE IF NOT EXISTS cache_invalidations (
        id BIGINT NOT NULL AUTO_INCREMENT,
        user_id BIGINT NOT NULL,
        version BIGINT NOT NULL,
        added_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id)
      ) ${TABLE_OPTIONS}`);
  },
};
