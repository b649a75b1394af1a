import type { Migration } from '#shared/db/migrate.ts';

/** Consecutive wrong passwords of each user, and when the next check is allowed. */
export const passwordFailures: Migration = {
  name: '0005-password-failures',

  async up(db) {
    await db.raw(`
      CREATE TABLE IF NOT EXISTS password_failures (
        user_id BIGINT NOT NULL,
        failures INT NOT NULL,
        open_at DATETIME(3) NOT NULL,
        PRIMARY KEY (user_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  },
};
