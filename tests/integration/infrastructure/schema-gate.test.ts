import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { usersHistory } from '#migrations/history.ts';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { type Migration, migrate } from '#shared/db/migrate.ts';
import { randomName } from '#tests/helpers/random.ts';

const url = new URL(process.env['USERS_DATABASE_URL'] ?? '');
url.pathname = `/${randomName('t_')}`;
let server: Database;

function later(name: string): Migration {
  return { name, up: async () => undefined };
}

/** What a new process of this code finds. */
async function openAgain(): Promise<unknown> {
  const { usersDatabase } = await import('#shared/db/databases.ts');
  return usersDatabase();
}

beforeAll(() => {
  server = createDatabase(process.env['USERS_DATABASE_URL'] ?? '', 1);
  process.env['USERS_DATABASE_URL'] = url.href;
});

beforeEach(() => {
  vi.resetModules();
});

afterAll(async () => {
  await server.raw('DROP DATABASE IF EXISTS ??', [url.pathname.slice(1)]);
  await server.destroy();
});

function refusal(problem: string) {
  return { code: 'DEPENDENCY_DOWN', cause: { message: `USERS_DATABASE_URL ${problem}` } };
}

describe('code meets', () => {
  it('an empty database and refuses it', async () => {
    await migrate(url.href, []);

    await expect(openAgain()).rejects.toMatchObject(
      refusal('has schema 0, but this code needs 6. Invoke prepareStage.'),
    );
  });

  it('an old schema and refuses it until it is migrated, in the same process', async () => {
    await migrate(url.href, usersHistory.slice(0, -1));
    const { usersDatabase } = await import('#shared/db/databases.ts');

    await expect(usersDatabase()).rejects.toMatchObject(
      refusal('has schema 5, but this code needs 6. Invoke prepareStage.'),
    );
    await migrate(url.href, usersHistory);
    expect(await usersDatabase()).toBeDefined();
  });

  it('a newer schema that only adds, and uses it', async () => {
    await migrate(url.href, [...usersHistory, later('0007-column')]);

    expect(await openAgain()).toBeDefined();
  });

  it('a newer schema without what it uses, and refuses it', async () => {
    await migrate(url.href, [...usersHistory, later('0007-column'), later('0008-column-contract')]);

    await expect(openAgain()).rejects.toMatchObject(
      refusal('has the migration 0008-column-contract, which this code is too old for. Deploy newer code.'),
    );
  });
});
