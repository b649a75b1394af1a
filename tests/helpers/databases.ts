import { notificationsHistory } from '#migrations/notifications/history.ts';
import { usersHistory } from '#migrations/users/history.ts';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { migrate } from '#shared/db/migrate.ts';
import { randomName } from './random.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  drop(): Promise<void>;
}

async function databaseLike(variable: string, history: Parameters<typeof migrate>[1]): Promise<TestDatabase> {
  const url = new URL(process.env[variable] ?? '');
  url.pathname = `/${randomName('t_')}`;
  await migrate(url.href, history);
  const db = createDatabase(url.href, 10);
  return {
    url: url.href,
    db,
    async drop() {
      await db.raw('DROP DATABASE ??', [url.pathname.slice(1)]);
      await db.destroy();
    },
  };
}

/** A database of its own with the users context's tables, on the server that USERS_DATABASE_URL names. */
export function usersTestDatabase(): Promise<TestDatabase> {
  return databaseLike('USERS_DATABASE_URL', usersHistory);
}

/** The same with the notifications context's table. */
export function notificationsTestDatabase(): Promise<TestDatabase> {
  return databaseLike('NOTIFICATIONS_DATABASE_URL', notificationsHistory);
}
