import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LARGE_TABLE } from '#shared/db/table-total.ts';
import { type ListUsers, listUsers } from '#shared/users/list-users.ts';

import type { SortField, User } from '#shared/users/user-schemas.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const USERS = 3 * LARGE_TABLE + 7;
const SIZE = 20;

let database: TestDatabase;
let now: number;
let list: ListUsers;
let queries: string[];

/** Many users, with gaps between ids and with shared names. */
async function seed({ db }: TestDatabase): Promise<void> {
  for (let first = 0; first < USERS; first += 1000) {
    await db.raw(
      `INSERT INTO users (id, name, lastname, email, email_lower, password_hash, version, created_at, updated_at)
       WITH RECURSIVE n AS (SELECT ? AS i UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT 7 * i, CONCAT('n', i % 5), CONCAT('l', i % 7), CONCAT(i % 1009, '-', i, '@b.io'),
         CONCAT(i % 1009, '-', i, '@b.io'), '', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM n`,
      [first + 1, Math.min(first + 1000, USERS)],
    );
  }
}

beforeAll(async () => {
  database = await usersTestDatabase();
  await seed(database);
  // When they are answered: a total's age counts from then on.
  database.db.on('query-response', (_answer: unknown, { sql }: { sql: string }) => queries.push(sql));
});

afterAll(async () => {
  await database.drop();
});

function fresh(): void {
  now = 0;
  queries = [];
  list = listUsers(
    async () => database.db,
    () => now,
  );
}

function page(number: number, sortBy: SortField = 'id', sortDirection = 'ASC') {
  return list({ page: number, pageSize: SIZE, sortBy, sortDirection });
}

async function everything(sortBy: SortField, direction: string): Promise<User[]> {
  return database
    .db('users')
    .select('id', 'name', 'lastname', 'email')
    .orderBy(sortBy, direction)
    .orderBy('id', direction);
}

function counted(): number {
  return queries.filter((sql) => /count\(/i.test(sql)).length;
}
/** Queries that scan to the start of their page. */
function walks(): number {
  return queries.filter((sql) => / offset (\?|\d+)/i.test(sql)).length;
}

describe('a large table', () => {
  it.each([
    ['id', 'ASC'],
    ['id', 'DESC'],
    ['name', 'ASC'],
    ['name', 'DESC'],
    ['email', 'DESC'],
  ] as const)('has the same pages by %s %s, by scan or by position', async (sortBy, direction) => {
    fresh();
    const expected = await everything(sortBy, direction);
    const last = Math.ceil(USERS / SIZE) - 1;
    const numbers = [
      0,
      1,
      499,
      500,
      501,
      700,
      Math.floor(last / 2),
      999,
      1000,
      1200,
      last - 1,
      last,
      last + 1,
      100_000,
    ];

    for (const isLookedUp of [false, true]) {
      for (const number of numbers) {
        const { content, totalElements } = await page(number, sortBy, direction);
        expect([isLookedUp, number, content]).toEqual([
          isLookedUp,
          number,
          expected.slice(number * SIZE, (number + 1) * SIZE),
        ]);
        expect(totalElements).toBe(USERS);
      }
      await waitFor(() => queries.some((sql) => /select .* as `value`.* limit/i.test(sql)), { what: 'positions' });
    }
  });

  it('is counted at most once in five seconds', async () => {
    fresh();
    for (let call = 0; call < 20; call += 1) await page(call);
    const afterCalls = counted();
    now = 5001;
    await page(0);

    expect(afterCalls).toBe(1);
    expect(counted()).toBe(2);
  });

  it('is counted again in the background before the total expires', async () => {
    fresh();
    await page(0);
    now = 3000;
    await page(0);
    await waitFor(() => counted() === 2, { what: 'the second count' });
    now = 7000;
    await page(0);

    expect(counted()).toBe(2);
  });

  it('never scans for a page beyond the end', async () => {
    fresh();
    await page(0);
    const before = walks();

    expect((await page(2147483647)).content).toEqual([]);

    expect(walks()).toBe(before);
  });
});

describe('a small table', () => {
  it('counts every user immediately', async () => {
    const small = await usersTestDatabase();
    const listSmall = listUsers(async () => small.db);
    const insert = (id: number) =>
      small.db('users').insert({
        id,
        name: 'n',
        lastname: 'l',
        email: `${id}@b.io`,
        email_lower: `${id}@b.io`,
        password_hash: '',
        created_at: small.db.raw('UTC_TIMESTAMP(3)'),
        updated_at: small.db.raw('UTC_TIMESTAMP(3)'),
      });

    for (const id of [1, 2, 3]) {
      await insert(id);
      expect(await listSmall({ page: 0, pageSize: 2, sortBy: 'id', sortDirection: 'ASC' })).toMatchObject({
        totalElements: id,
        totalPages: Math.ceil(id / 2),
      });
    }
    await small.drop();
  });
});
