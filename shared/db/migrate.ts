import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Migration } from '#migrations/migration.ts';
import { connectionSettings, createDatabase, type Database, type DatabaseAccess } from './database.ts';

const STATEMENT_LIMIT_MS = 10 * 60 * 1000;

/** Within the 64 characters that a lock's name may have. */
function lockName(url: string): string {
  return `registration-migrate-${createHash('sha256').update(connectionSettings(url).database).digest('hex').slice(0, 32)}`;
}

function source(history: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: async () => [...history],
    getMigrationName: ({ name }) => name,
    getMigration: async ({ up, down }) => ({ up, down }),
  };
}

/** Creates the database when it is missing and the user may; otherwise the first statement tells what is wrong. */
async function createWhenMissing(url: string, access: DatabaseAccess): Promise<void> {
  const { database: name } = connectionSettings(url);
  const server = new URL(url);
  server.pathname = '/';
  const db = createDatabase(server.href, 1, access);
  try {
    await db.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [name]);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ER_DBACCESS_DENIED_ERROR' && code !== 'ER_ACCESS_DENIED_ERROR') throw error;
  } finally {
    await db.destroy();
  }
}

/** knex's own lock survives a process that died while it held it; under the server's lock it can only be such a leftover. */
async function latest(db: Database, history: readonly Migration[]): Promise<string[]> {
  const settings = { migrationSource: source(history) };
  try {
    const [, applied] = await db.migrate.latest(settings);
    return applied;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'MigrationLocked') throw error;
    await db.migrate.forceFreeMigrationsLock(settings);
    const [, applied] = await db.migrate.latest(settings);
    return applied;
  }
}

/** Brings one database up to the end of its history; several processes may do so at once. Returns the steps it took. */
export async function migrate(
  url: string,
  history: readonly Migration[],
  { tls }: Pick<DatabaseAccess, 'tls'> = {},
): Promise<string[]> {
  const access = { tls, queryLimitMs: STATEMENT_LIMIT_MS };
  await createWhenMissing(url, access);
  const db = createDatabase(url, 3, access);
  try {
    return await db.transaction(async (holder) => {
      const lock = lockName(url);
      const [[{ taken }]] = await holder.raw('SELECT GET_LOCK(?, 300) AS taken', [lock]);
      if (Number(taken) !== 1) throw new Error('Another process has been migrating this database for 5 minutes');
      try {
        return await latest(db, history);
      } finally {
        await holder.raw('SELECT RELEASE_LOCK(?)', [lock]);
      }
    });
  } finally {
    await db.destroy();
  }
}
