import type { Migration } from '#shared/db/migrate.ts';

export const initialNotifications: Migration = {
  name: '0001-initial',

  async up(db) {
    await db.raw(`
      CREATE TABLE IF NOT EXISTS email_deliveries (
        id BIGINT NOT NULL AUTO_INCREMENT,
        uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        user_email VARCHAR(320) NULL,
        generation INT NOT NULL DEFAULT 0,
        status VARCHAR(10) NOT NULL,
        lease_owner CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        next_attempt_at DATETIME(3) NULL,
        attempts INT NOT NULL DEFAULT 0,
        unfinished_starts INT NOT NULL DEFAULT 0,
        refused_since DATETIME(3) NULL,
        reason VARCHAR(500) NULL,
        traceparent CHAR(55) NULL,
        source_partition INT NOT NULL,
        source_offset BIGINT NOT NULL,
        event_added_at DATETIME(3) NOT NULL,
        added_at DATETIME(3) NOT NULL,
        sent_at DATETIME(3) NULL,
        settled_at DATETIME(3) NULL,
        PRIMARY KEY (id),
        UNIQUE KEY email_deliveries_uuid (uuid),
        KEY email_deliveries_due (status, next_attempt_at, uuid),
        KEY email_deliveries_settled (settled_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  },
};
