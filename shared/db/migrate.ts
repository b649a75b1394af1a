import { createHash } from 'node:crypto';
import { connectionSettings, createDatabase, type DatabaseAccess, type Executor } from './database.ts';
import { isLockConflict } from './database-errors.ts';

/** One migration. Migrations run in the order of their list, and an applied one never gets other effects. */
export interface Migration {
  readonly name: string;
  /** Repeatable: it may have been interrupted between any two statements, each of which commits by itself. */
  up(db: Executor): Promise<void>;
}

const STATEMENT_LIMIT_MS = 10 * 60 * 1000;
/** Close to the limit of the calls' own statements. */
const LOCK_WAIT_SECONDS = 2;
const LOCK_ATTEMPTS = 100;

/** MySQL limits lock names to 64 characters. */
function lockName(url: string): string {
  return `registration-migrate-${createHash('sha256').update(connectionSettings(url).database).digest('hex').slice(0, 32)}`;
}

/** Creates the database if it is missing and the user has the privilege; otherwise the first statement fails with the reason. */
async function createWhenMissing(url: string, access: DatabaseAccess): Promise<void> {
  const { database: name } = connectionSettings(url);
  const server = new URL(url);
  server.pathname = '/';
  const db = createDatabase(server.href, 1, access);
  try {
    // On MySQL, the statement waits for open transactions and blocks new ones even if the database exists.
    if ((await db('information_schema.schemata').where({ schema_name: name })).length > 0) return;
    await db.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [name]);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ER_DBACCESS_DENIED_ERROR' && code !== 'ER_ACCESS_DENIED_ERROR') throw error;
  } finally {
    await db.destroy();
  }
}

/** A change that waits for a table's lock blocks all later calls on that table, so it gives up and tries again. */
async function withLockRetries(run: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isLockConflict(error) || attempt === LOCK_ATTEMPTS) throw error;
    }
  }
}

/** Applies pending migrations, in the table that knex's own runner created in older releases. */
async function applyPending(db: Executor, history: readonly Migration[]): Promise<string[]> {
  await db.raw(`
    CREATE TABLE IF NOT EXISTS knex_migrations (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(255) NULL,
      batch INT NULL,
      migration_time TIMESTAMP NULL
    )`);
  const applied = new Set(await db('knex_migrations').pluck('name'));
  const pending = history.filter(({ name }) => !applied.has(name));
  for (const { name, up } of pending) {
    await withLockRetries(() => up(db));
    await db('knex_migrations').insert({ name, batch: 1, migration_time: db.fn.now() });
  }
  return pending.map(({ name }) => name);
}

/**
 * Applies all pending migrations and returns their names. Several processes may run it at once, and a later call resumes one that
 * was interrupted. The session that runs the statements also holds the lock, until the end of a statement whose client has gone.
 */
export async function migrate(
  url: string,
  history: readonly Migration[],
  { tls }: Pick<DatabaseAccess, 'tls'> = {},
): Promise<string[]> {
  const access = { tls, queryLimitMs: STATEMENT_LIMIT_MS };
  await createWhenMissing(url, access);
  const db = createDatabase(url, 1, access);
  try {
    return await db.transaction(async (session) => {
      // On MariaDB, the session's time limit would also end an ALTER whose client has gone.
      await session.raw('SET SESSION lock_wait_timeout = ? /*M!100101 , max_statement_time = 0 */', [
        LOCK_WAIT_SECONDS,
      ]);
      const [[{ taken }]] = await session.raw('SELECT GET_LOCK(?, 300) AS taken', [lockName(url)]);
      if (Number(taken) !== 1) throw new Error('Another process has held the migration lock for 5 minutes');
      return applyPending(session, history);
    });
  } finally {
    await db.destroy();
  }
}
