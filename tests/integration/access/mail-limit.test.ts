import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitAddressChanges, limitMailsPerAddress } from '#shared/http/request-limits.ts';
import { limitMails } from '#shared/users/limit-mails.ts';
import { updateUser } from '#shared/users/update-user.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { connectedRedis } from '#tests/helpers/redis.ts';
import { NO_CACHE, NO_FAILURES, PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';

process.env['RATE_LIMIT_MAILS_PER_ADDRESS'] = '3';
process.env['RATE_LIMIT_ADDRESS_CHANGES_PER_USER'] = '2';

const SECRET = 'a-secret-of-the-tests';
let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;
beforeAll(async () => {
  database = await usersTestDatabase();
  // Other tests limit users of the same Redis.
  await database.db.raw('ALTER TABLE users AUTO_INCREMENT = ?', [Math.floor(Math.random() * 1e12)]);
  users = userServicesOn(database.db);
});
afterAll(() => database.drop());

function register(email: string) {
  const limited = limitMails({ register: users.register, limit: limitMailsPerAddress, secrets: async () => SECRET });
  return limited({ name: 'Ann', lastname: 'Lee', email, password: PASSWORD });
}
function change(id: number, email: string) {
  const update = updateUser({
    database: async () => database.db,
    cache: NO_CACHE,
    hashPassword: async (password) => password,
    verifyPassword: async () => true,
    failures: NO_FAILURES,
    limitAddressChanges,
  });
  return update(id, { email, oldPassword: PASSWORD });
}
function outcomeOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'done',
    (error) => String(error.code),
  );
}
async function mailsTo(local: string): Promise<number> {
  const row = await database
    .db('outbox_events')
    .where('user_email', 'like', `%${local}%`)
    .count({ total: '*' })
    .first();
  return Number(row?.['total']);
}

describe('a mailbox', () => {
  it('gets three mails at most, however often its address is registered and released', async () => {
    const email = randomEmail();
    const outcomes: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const registered = register(email);
      outcomes.push(await outcomeOf(registered));
      if (outcomes.at(-1) === 'done') await change((await registered).id, randomEmail());
    }

    expect(outcomes).toEqual(['done', 'done', 'done', ...Array(5).fill('RATE_LIMITED')]);
    expect(await mailsTo(email)).toBe(3);
  });

  it('gets three mails at most for all of its tags, in any case', async () => {
    const local = randomName('v');
    const addresses = Array.from({ length: 10 }, (_, tag) => `${local}+${tag}@${tag % 2 ? 'b.io' : 'B.IO'}`);

    const outcomes = await Promise.all(addresses.map((address) => outcomeOf(register(address))));

    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(3);
    expect(await mailsTo(local)).toBe(3);
  });

  it('loses no place to a rejected registration', async () => {
    const email = randomEmail();
    await register(email);
    for (let turn = 0; turn < 5; turn += 1) expect(await outcomeOf(register(email))).toBe('EMAIL_TAKEN');

    await users.remove((await database.db('users').first('id').where({ email })).id);
    expect(await outcomeOf(register(email))).toBe('done');
  });

  it('is not readable in Redis', async () => {
    const email = randomEmail();
    await register(email);
    const redis = await connectedRedis();
    const keys = await redis.keys('rate:{mails:*}');
    redis.disconnect();

    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^rate:\{mails:[0-9a-f]{64}\}$/);
  });
});

describe('a user', () => {
  it('changes the address twice a day at most; other changes do not count', async () => {
    const { id } = await register(randomEmail());

    expect(await outcomeOf(change(id, randomEmail()))).toBe('done');
    expect(await outcomeOf(change(id, randomEmail()))).toBe('done');
    expect(await outcomeOf(change(id, randomEmail()))).toBe('RATE_LIMITED');
  });
});
