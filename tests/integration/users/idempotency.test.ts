import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { registerOnce } from '#shared/users/register-once.ts';
import type { CreateUserBody } from '#shared/users/user-schemas.ts';
import { purgeKeys } from '#shared/users/user-upkeep.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';

const SECRET = 'a-secret-of-the-tests';
let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;

beforeAll(async () => {
  database = await usersTestDatabase();
  users = userServicesOn(database.db);
});
afterAll(() => database.drop());

function once(secrets = SECRET) {
  return registerOnce({ database: async () => database.db, register: users.register, secrets: async () => secrets });
}
function newBody(fields: Partial<CreateUserBody> = {}): CreateUserBody {
  return {
    name: 'Ann',
    lastname: 'Lee',
    email: randomEmail(),
    password: PASSWORD,
    ...fields,
  };
}
async function countOf(table: string, where: object): Promise<number> {
  const row = await database.db(table).where(where).count({ total: '*' }).first();
  return Number(row?.['total']);
}
async function codeOf(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => 'done',
    (error) => (error instanceof AppError ? error.code : error),
  );
}

describe('the same Idempotency-Key', () => {
  it('with the same body registers once and returns the same response', async () => {
    const body = newBody();
    const key = randomName('key-');

    const first = await once()(body, key);

    expect(await once()(body, key)).toEqual(first);
    expect(await countOf('users', { email: body.email })).toBe(1);
    expect(await countOf('outbox_events', { user_email: body.email })).toBe(1);
    expect(users.published.on('user.email.send').filter(({ value }) => `${value}`.includes(body.email))).toHaveLength(
      1,
    );
  });

  it('returns the same response after the user was changed or deleted', async () => {
    const body = newBody();
    const key = randomName('key-');
    const first = await once()(body, key);
    await users.update(first.id, { name: 'Bea', oldPassword: PASSWORD });
    expect(await once()(body, key)).toEqual(first);

    await users.remove(first.id);

    expect(await once()(body, key)).toEqual(first);
    expect(await countOf('users', { email: body.email })).toBe(0);
  });

  it.each([
    ['name', { name: 'Bea' }],
    ['email', { email: randomEmail() }],
    ['password', { password: `${PASSWORD}2` }],
  ] as ReadonlyArray<[string, Partial<CreateUserBody>]>)(
    'with another %s is rejected and registers no user',
    async (_what, change) => {
      const body = newBody();
      const key = randomName('key-');
      await once()(body, key);

      expect(await codeOf(once()({ ...body, ...change }, key))).toBe('KEY_REUSED');
      if (change.email !== undefined) expect(await countOf('users', { email: change.email })).toBe(0);
    },
  );

  it('registers once for 12 concurrent calls, which all get the same response', async () => {
    const body = newBody();
    const key = randomName('key-');

    const answers = await Promise.all(Array.from({ length: 12 }, () => once()(body, key)));

    expect(new Set(answers.map((user) => JSON.stringify(user))).size).toBe(1);
    expect(await countOf('users', { email: body.email })).toBe(1);
    expect(await countOf('outbox_events', { user_email: body.email })).toBe(1);
  });

  it('accepts one of several concurrent bodies', async () => {
    const key = randomName('key-');
    const bodies = Array.from({ length: 8 }, () => newBody());

    const ends = await Promise.all(bodies.map((body) => codeOf(once()(body, key))));

    expect(ends.sort()).toEqual(['done', ...Array(7).fill('KEY_REUSED')].sort());
    const stored = await database.db('users').whereIn(
      'email',
      bodies.map(({ email }) => email),
    );
    expect(stored).toHaveLength(1);
  });

  it('is free again after a failed registration', async () => {
    const { email } = await users.registerAnybody();
    const key = randomName('key-');

    expect(await codeOf(once()(newBody({ email }), key))).toBe('EMAIL_TAKEN');
    expect(await codeOf(once()(newBody(), key))).toBe('done');
  });

  it('is recognised after a secret rotation while the old secret is configured', async () => {
    const body = newBody();
    const key = randomName('key-');
    const first = await once()(body, key);

    expect(await once(`another-secret-of-tests,${SECRET}`)(body, key)).toEqual(first);
    expect(await codeOf(once('another-secret-of-tests')(body, key))).toBe('KEY_REUSED');
  });
});

describe('the stored request', () => {
  it('contains neither the password nor a hash to try passwords on', async () => {
    const body = newBody();
    const key = randomName('key-');
    await once()(body, key);

    const digest = createHash('sha256').update(key).digest('hex');
    const row = await database.db('idempotency_keys').where({ key_digest: digest }).first();

    const plain = [body.password, JSON.stringify(body), JSON.stringify(Object.values(body))];
    const guesses = plain.map((text) => createHash('sha256').update(text).digest('hex'));
    const { name, lastname, email, password } = body;
    guesses.push(
      createHash('sha256')
        .update(JSON.stringify([name, lastname, email, password]))
        .digest('hex'),
    );
    expect(Object.keys(row).sort()).toEqual(['added_at', 'body_digest', 'key_digest', 'user_id']);
    for (const secret of [...plain, ...guesses, email]) expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('is kept for a day', async () => {
    const body = newBody();
    const [fresh, old] = [randomName('key-'), randomName('key-')];
    await once()(body, fresh);
    await once()(newBody(), old);
    const digest = createHash('sha256').update(old).digest('hex');
    await database
      .db('idempotency_keys')
      .where({ key_digest: digest })
      .update({ added_at: database.db.raw('UTC_TIMESTAMP(3) - INTERVAL 25 HOUR') });

    await purgeKeys(async () => database.db)(() => true);

    expect(await countOf('idempotency_keys', { key_digest: digest })).toBe(0);
    expect(await codeOf(once()({ ...body, name: 'Bea' }, fresh))).toBe('KEY_REUSED');
    expect(await codeOf(once()(newBody(), old))).toBe('done');
  });
});
