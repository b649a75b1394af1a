import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LARGE_LIST } from '#shared/db/list-total.ts';
import { markLists } from '#shared/db/mark-lists.ts';
import { type SortedList, STRIDE } from '#shared/db/sorted-list.ts';
import { type ListUsers, listUsers, userLists } from '#shared/users/list-users.ts';

import type { SortField, User } from '#shared/users/user-schemas.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';

const USERS = 3 * LARGE_LIST + 7;
const SIZE = 20;

let database: TestDatabase;
let now: number;
let list: ListUsers;
let queries: string[] = [];

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

function always() {
  return true;
}

/** Its clock stands still, so that every run renews all marks. */
function marking(lists: readonly SortedList[]) {
  return markLists(
    async () => database.db,
    lists,
    () => 0,
  );
}

function mark(): Promise<boolean> {
  return marking(userLists)()(always);
}

async function addUser({ db }: TestDatabase, id: number, { name = 'n' } = {}): Promise<void> {
  await db('users').insert({
    id,
    name,
    lastname: 'l',
    email: `${id}@b.io`,
    email_lower: `${id}@b.io`,
    password_hash: '',
    created_at: db.raw('UTC_TIMESTAMP(3)'),
    updated_at: db.raw('UTC_TIMESTAMP(3)'),
  });
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
  ] as const)('has the same pages by %s %s, with and without marks', async (sortBy, direction) => {
    await database.db('list_marks').delete();
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

    for (const isMarked of [false, true]) {
      if (isMarked) await mark();
      for (const number of numbers) {
        const { content, totalElements } = await page(number, sortBy, direction);
        expect([isMarked, number, content]).toEqual([
          isMarked,
          number,
          expected.slice(number * SIZE, (number + 1) * SIZE),
        ]);
        expect(totalElements).toBe(USERS);
      }
    }
  });

  it('skips at most 500 rows for any page', async () => {
    await mark();
    fresh();
    const skipped: number[] = [];
    const note = ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
      if (/ offset \?/.test(sql)) skipped.push(Number(bindings.at(-1)));
    };
    database.db.on('query', note);

    for (let number = 0; number <= USERS / SIZE; number += 50) {
      for (const sortBy of ['id', 'name'] as const) await page(number, sortBy, number % 100 === 0 ? 'ASC' : 'DESC');
    }
    database.db.removeListener('query', note);

    expect(Math.max(...skipped)).toBeLessThanOrEqual(STRIDE);
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

  it('never scans for a page beyond the end', async () => {
    fresh();
    await page(0);
    const before = walks();

    expect((await page(2147483647)).content).toEqual([]);

    expect(walks()).toBe(before);
  });
});

describe('marks', () => {
  const list: SortedList = { name: 'users by name', table: 'users', where: {}, column: 'name' };
  const ALL = Array.from({ length: Math.floor(USERS / STRIDE) }, (_, index) => index + 1);
  const numbers = async () =>
    database.db('list_marks').where({ list: list.name }).orderBy('number').pluck<number[]>('number');
  const markOnce = () => marking([list])()(always);

  it('are every 500th row, and go when the list gets shorter', async () => {
    await database.db('list_marks').delete();
    await markOnce();
    const before = await numbers();
    await marking([{ ...list, where: { name: 'n1' } }])()(always);

    expect(before).toEqual(ALL);
    expect(await numbers()).toEqual(ALL.slice(0, Math.floor(USERS / 5 / STRIDE)));
    await markOnce();
    expect(await numbers()).toEqual(before);
  });

  it('are renewed where rows were inserted before them', async () => {
    await database.db('list_marks').delete();
    await markOnce();
    const first = () => database.db('list_marks').where({ list: list.name, number: 1 }).first('value_check', 'row_id');
    const before = await first();
    await addUser(database, 1, { name: 'a' });
    await markOnce();
    const after = await first();
    await database.db('users').where({ id: 1 }).delete();

    expect(before).not.toEqual(after);
  });

  it('are passed over when their row has gone or was renamed', async () => {
    await database.db('list_marks').delete();
    await mark();
    const row = await database.db('list_marks').where({ list: list.name, number: 30 }).first('row_id');
    const { id, ...values } = await database.db('users').where({ id: row.row_id }).first();
    await database.db('users').where({ id }).update({ name: 'zz' });
    fresh();
    const expected = await everything('name', 'ASC');
    const moved = (await page(760, 'name')).content;
    await database.db('users').where({ id }).update(values);

    expect(moved).toEqual(expected.slice(760 * SIZE, 761 * SIZE));
  });

  it('continue where an interrupted run ended', async () => {
    await database.db('list_marks').delete();
    let steps = 0;
    await marking([list])()(() => {
      steps += 1;
      return steps <= 2;
    });
    const before = await numbers();
    await markOnce();

    expect(before).toEqual([1, 2]);
    expect(await numbers()).toEqual(ALL);
  });
});

describe('a small table', () => {
  it('counts every user immediately', async () => {
    const small = await usersTestDatabase();
    const listSmall = listUsers(async () => small.db);
    for (const id of [1, 2, 3]) {
      await addUser(small, id);
      expect(await listSmall({ page: 0, pageSize: 2, sortBy: 'id', sortDirection: 'ASC' })).toMatchObject({
        totalElements: id,
        totalPages: Math.ceil(id / 2),
      });
    }
    await small.drop();
  });
});
