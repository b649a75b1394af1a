import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateUserHandler } from '#functions/users/update.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { limitPasswordChecks } from '#shared/http/request-limits.ts';
import { passwordFailures } from '#shared/users/password-failures.ts';
import { updateUser } from '#shared/users/update-user.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { NO_CACHE, PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';

process.env['RATE_LIMIT_PASSWORD_PER_IP'] = '3';
process.env['RATE_LIMIT_PASSWORD_PER_USER'] = '3';

const FREE = 5;
let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;
beforeAll(async () => {
  database = await usersTestDatabase();
  // Other tests limit users of the same Redis.
  await database.db.raw('ALTER TABLE users AUTO_INCREMENT = ?', [Math.floor(Math.random() * 1e12)]);
  users = userServicesOn(database.db);
});
afterAll(() => database.drop());

let checks = 0;
function updating(limitAddressChanges: (userId: number) => Promise<unknown> = async () => undefined) {
  const connect = async () => database.db;
  return updateUser({
    database: connect,
    cache: NO_CACHE,
    hashPassword: async (password) => password,
    verifyPassword: async (hash, password) => {
      checks += 1;
      return hash === `plain:${password}`;
    },
    failures: passwordFailures(connect, () => FREE),
    limitAddressChanges,
  });
}
function attempt(id: number, oldPassword: string): Promise<string> {
  return updating()(id, { oldPassword }).then(
    () => 'done',
    (error) => `${error.code} ${error.retryAfterSeconds ?? ''}`.trim(),
  );
}
function patching(id: number, update: ReturnType<typeof updating>) {
  const handler = updateUserHandler(update, limitPasswordChecks);
  const requestContext = { http: { method: 'PATCH', path: '/', sourceIp: randomName('address-') } };
  return (body: object) => {
    const event = { body: JSON.stringify(body), pathParameters: { id: String(id) }, requestContext };
    return invoke(handler, httpEvent(event as unknown as APIGatewayProxyEventV2));
  };
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

  it('do not fill the limits of client and user while the user must wait', async () => {
    const { id } = await users.registerAnybody();
    const change = patching(id, updating());
    for (let count = 0; count < FREE; count += 1) await attempt(id, 'guess');
    await database.db('password_failures').where({ user_id: id }).update({ open_at: '2120-01-01' });
    for (let count = 0; count < 5; count += 1) expect((await change({ oldPassword: PASSWORD })).status).toBe(429);
    await afterTheWait(id);

    expect((await change({ oldPassword: PASSWORD })).status).toBe(200);
  });

  it('count also if the change is refused after the check', async () => {
    const { id } = await users.registerAnybody();
    const refuse = async () => {
      throw new AppError('RATE_LIMITED', 'Too many changes.');
    };
    const body = { oldPassword: PASSWORD, email: randomEmail() };
    checks = 0;
    for (let count = 0; count < 5; count += 1) expect((await patching(id, updating(refuse))(body)).status).toBe(429);

    expect(checks).toBe(3);
  });

  it('do not count for a user that does not exist', async () => {
    expect(await attempt(999_999_999, 'guess')).toBe('NOT_FOUND');
    expect(await failuresOf(999_999_999)).toBeUndefined();
  });
});
