import { notificationsHistory, usersHistory } from '#migrations/history.ts';
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

/** A new database with the tables of the users context, on the server of USERS_DATABASE_URL. */
export function usersTestDatabase(): Promise<TestDatabase> {
  return databaseLike('USERS_DATABASE_URL', usersHistory);
}

/** A new database with the table of the notifications context. */
export function notificationsTestDatabase(): Promise<TestDatabase> {
  return databaseLike('NOTIFICATIONS_DATABASE_URL', notificationsHistory);
}
