import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passwordFailures } from '#shared/users/password-failures.ts';
import { updateUser } from '#shared/users/update-user.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { NO_CACHE, PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';

const FREE = 5;
let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;
beforeAll(async () => {
  database = await usersTestDatabase();
  users = userServicesOn(database.db);
});
afterAll(() => database.drop());

let checks = 0;
function attempt(id: number, oldPassword: string): Promise<string> {
  const connect = async () => database.db;
  const update = updateUser({
    database: connect,
    cache: NO_CACHE,
    hashPassword: async (password) => password,
    verifyPassword: async (hash, password) => {
      checks += 1;
      return hash === `plain:${password}`;
    },
    failures: passwordFailures(connect, () => FREE),
    limitAddressChanges: async () => undefined,
  });
  return update(id, { oldPassword }).then(
    () => 'done',
    (error) => `${error.code} ${error.retryAfterSeconds ?? ''}`.trim(),
  );
}
function failuresOf(id: number): Promise<{ failures: number; wait: number } | undefined> {
  return database
    .db('password_failures')
    .first({ failures: 'failures', wait: database.db.raw('TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), open_at)') })
    .where({ user_id: id });
}
/** As if the wait had passed. */
function afterTheWait(id: number) {
  return database.db('password_failures').where({ user_id: id }).update({ open_at: '2020-01-01' });
}

describe('guesses at one user, from any number of clients', () => {
  it('are checked as often as is free, out of 60 concurrent ones', async () => {
    const { id } = await users.registerAnybody();
    checks = 0;

    const outcomes = await Promise.all(Array.from({ length: 60 }, () => attempt(id, 'guess')));

    expect(checks).toBe(FREE);
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CREDENTIALS')).toHaveLength(FREE);
    expect(outcomes.filter((outcome) => outcome.startsWith('RATE_LIMITED'))).toHaveLength(60 - FREE);
  });

  it('wait longer after each failure, up to a quarter of an hour', async () => {
    const { id } = await users.registerAnybody();
    const waits: number[] = [];
    for (let count = 0; count < FREE + 14; count += 1) {
      await attempt(id, 'guess');
      if (count >= FREE - 1) waits.push((await failuresOf(id))?.wait ?? 0);
      await afterTheWait(id);
    }

    const expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900];
    // Read up to a second later.
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(expected[index] ?? 0);
      expect(wait).toBeGreaterThanOrEqual((expected[index] ?? 0) - 2);
    }
  });

  it('refuse the right password too while they wait, and say for how long', async () => {
    const { id } = await users.registerAnybody();
    for (let count = 0; count < FREE + 4; count += 1) {
      await attempt(id, 'guess');
      if (count < FREE + 3) await afterTheWait(id);
    }

    expect(await attempt(id, PASSWORD)).toMatch(/^RATE_LIMITED (15|16)$/);
  });

  it('start anew after the right password, and leave nothing with a deleted user', async () => {
    const { id } = await users.registerAnybody();
    for (let count = 0; count < FREE - 1; count += 1) await attempt(id, 'guess');
    expect(await attempt(id, PASSWORD)).toBe('done');
    expect(await failuresOf(id)).toBeUndefined();

    await attempt(id, 'guess');
    expect(await failuresOf(id)).toMatchObject({ failures: 1 });
    await users.remove(id);
    expect(await failuresOf(id)).toBeUndefined();
  });

  it('do not count for a user that does not exist', async () => {
    expect(await attempt(999_999_999, 'guess')).toBe('NOT_FOUND');
    expect(await failuresOf(999_999_999)).toBeUndefined();
  });
});
