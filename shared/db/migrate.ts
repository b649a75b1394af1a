import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Migration } from '#migrations/history.ts';
import { connectionSettings, createDatabase, type Database, type DatabaseAccess } from './database.ts';

const STATEMENT_LIMIT_MS = 10 * 60 * 1000;

/** MySQL limits lock names to 64 characters. */
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

/** Creates the database if it is missing and the user has the privilege; otherwise the first statement fails with the reason. */
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

/** knex's lock survives a process that died while holding it. Under the server's lock, a held one can only be such a leftover. */
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

/** Applies all pending migrations and returns their names. Several processes may run it at once. */
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
      if (Number(taken) !== 1) throw new Error('Another process has held the migration lock for 5 minutes');
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
