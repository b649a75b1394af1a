import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationsHistory, usersHistory } from '#migrations/history.ts';
import { createDatabase, type Database, type Executor } from '#shared/db/database.ts';
import type { Migration } from '#shared/db/migrate.ts';
import { migrate } from '#shared/db/migrate.ts';
import { randomName } from '#tests/helpers/random.ts';
import { timed } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';

let admin: Database;
const created: string[] = [];

beforeAll(() => {
  admin = createDatabase(process.env['USERS_DATABASE_URL'] ?? '', 5, { queryLimitMs: 30_000 });
});

afterAll(async () => {
  for (const name of created) await admin.raw('DROP DATABASE IF EXISTS ??', [name]);
  await admin.destroy();
});

function newDatabase(): { readonly url: string; readonly name: string } {
  const name = randomName('t_');
  created.push(name);
  const url = new URL(process.env['USERS_DATABASE_URL'] ?? '');
  url.pathname = `/${name}`;
  return { url: url.href, name };
}

/** The tables of a database as the server describes them. */
async function tablesOf(name: string): Promise<readonly string[]> {
  const [tables] = await admin.raw('SHOW TABLES FROM ??', [name]);
  const names = tables
    .map((row: object) => String(Object.values(row)[0]))
    .filter((table: string) => !/^knex/.test(table));
  return Promise.all(
    names.map(async (table: string) => {
      const [[row]] = await admin.raw('SHOW CREATE TABLE ??.??', [name, table]);
      return row['Create Table'];
    }),
  );
}

/** Calls `after` after each CREATE or ALTER of a history. */
function watched(history: readonly Migration[], after: (db: Executor) => Promise<void>): Migration[] {
  const watching = (db: Executor) =>
    new Proxy(db, {
      get(target, property) {
        if (property !== 'raw') return Reflect.get(target, property);
        return async (sql: string, values: readonly string[] = []) => {
          const result = await target.raw(sql, [...values]);
          if (/^\s*(CREATE|ALTER)/.test(sql)) await after(target);
          return result;
        };
      },
    });
  return history.map((migration) => ({ ...migration, up: (db) => migration.up(watching(db)) }));
}

describe.each([
  ['users', usersHistory],
  ['notifications', notificationsHistory],
] as const)('the migrations of %s', (_, history) => {
  it('resume wherever their session ended', async () => {
    const whole = newDatabase();
    let statements = 0;
    await migrate(
      whole.url,
      watched(history, async () => {
        statements += 1;
      }),
    );

    for (let last = 1; last <= statements; last += 1) {
      const { url, name } = newDatabase();
      let seen = 0;
      const dying = watched(history, async (db) => {
        seen += 1;
        if (seen === last) await db.raw('KILL CONNECTION_ID()');
      });

      await expect(migrate(url, dying)).rejects.toThrow();
      await migrate(url, history);

      expect(await tablesOf(name)).toEqual(await tablesOf(whole.name));
      expect(await migrate(url, history)).toEqual([]);
    }
  });
});

describe('a migration', () => {
  it('waits for the statement of a client that has gone', async () => {
    const { url, name } = newDatabase();
    await migrate(url, []);
    const proxy = await startProxyTo(url);
    const running = () =>
      admin('information_schema.processlist').where({ db: name }).where('info', 'like', 'CREATE%slow%');
    const runningAtStart: number[] = [];
    const slow: Migration = {
      name: 'slow',
      async up(db) {
        runningAtStart.push((await running()).length);
        await db.raw('CREATE TABLE IF NOT EXISTS slow AS SELECT SLEEP(2) AS done');
      },
    };
    const gone = migrate(throughProxy(url, proxy), [slow]);
    gone.catch(() => undefined);
    await waitFor(async () => (await running()).length > 0);
    await proxy.set('refuse');

    expect(await migrate(url, [slow])).toEqual(['slow']);
    await expect(gone).rejects.toThrow();
    expect(runningAtStart).toEqual([0, 0]);
    await proxy.stop();
  });

  it('lets calls through while an older transaction uses the table', async () => {
    const { url, name } = newDatabase();
    const [first] = usersHistory;
    await migrate(url, first === undefined ? [] : [first]);
    const older = await admin.transaction();
    await older.raw('SELECT * FROM ??.outbox_events', [name]);
    const migrating = migrate(url, usersHistory);
    const isWaiting = () =>
      admin('information_schema.processlist').where({ db: name }).where('state', 'like', '%metadata lock%');
    await waitFor(async () => (await isWaiting()).length > 0);

    const { answer, ms } = await timed(async () => {
      const call = createDatabase(url, 1, { queryLimitMs: 20_000 });
      await call('outbox_events').select('id');
      await call.destroy();
    });
    await older.rollback();

    expect(answer).toMatchObject({ status: 'fulfilled' });
    expect(ms).toBeLessThan(4000);
    expect(await migrating).toHaveLength(usersHistory.length - 1);
  });
});
