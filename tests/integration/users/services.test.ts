import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDatabaseFailure } from '#shared/db/database-errors.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';
import { hashPassword, verifyPassword } from '#shared/users/password-hash.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { recordOf, sendRecord } from '#tests/helpers/raw-records.ts';
import { PASSWORD, userServicesOn } from '#tests/helpers/user-services.ts';

let database: TestDatabase;
let users: ReturnType<typeof userServicesOn>;

beforeAll(async () => {
  database = await usersTestDatabase();
  users = userServicesOn(database.db);
});

afterAll(async () => {
  await database.drop();
});

async function eventOf(userId: number) {
  return database.db('outbox_events').where({ user_id: userId }).first();
}

describe('registering', () => {
  it('commits the user and the event, and publishes the event', async () => {
    const user = await users.registerAnybody();

    const event = await eventOf(user.id);
    expect(await users.read(user.id)).toEqual(user);
    expect(event).toMatchObject({ user_email: user.email, event_state: 'PROCESSING', attempts: 1 });
    expect(users.published.keysOn('user.email.send')).toContain(event.uuid);
  });

  it.each([
    ['the same', (email: string) => email],
    ['the same in another case', (email: string) => email.toUpperCase()],
  ])('rejects %s address', async (_, change) => {
    const { email } = await users.registerAnybody();

    await expect(users.registerAnybody(change(email))).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
  });

  it('treats addresses that differ only in an accent as different', async () => {
    const rest = `${randomName('')}@b.io`;
    await users.registerAnybody(`a${rest}`);

    const user = await users.registerAnybody(`ä${rest}`);

    expect(await users.read(user.id)).toMatchObject({ email: `ä${rest}` });
  });

  it('preserves characters outside the basic plane', async () => {
    const user = await users.register({
      name: '😀'.repeat(20),
      lastname: 'Ł',
      email: randomEmail(),
      password: PASSWORD,
    });

    expect(await users.read(user.id)).toEqual(user);
  });

  it('accepts one of many concurrent registrations of an address and leaves one event', async () => {
    const email = randomEmail();

    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => users.registerAnybody(email)));

    const events = await database.db('outbox_events').where({ user_email: email });
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(events).toHaveLength(1);
  });
});

describe('updating', () => {
  it('changes the given fields and keeps the others', async () => {
    const user = await users.registerAnybody();

    const updated = await users.update(user.id, { oldPassword: PASSWORD, name: 'Bea', email: null });

    expect(updated).toEqual({ ...user, name: 'Bea' });
    expect(await users.read(user.id)).toEqual(updated);
  });

  it('accepts exactly one concurrent update per version; the others get CONFLICT', async () => {
    const user = await users.registerAnybody();

    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => users.update(user.id, { oldPassword: PASSWORD, name: `N${n}` })),
    );

    const won = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.name] : []));
    const lost = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []));
    const row = await database.db('users').where({ id: user.id }).first();
    expect(won.length).toBeGreaterThan(0);
    expect(new Set(lost).size === 0 || new Set(lost).has('CONFLICT')).toBe(true);
    expect(Number(row.version)).toBe(1 + won.length);
    expect(won).toContain(row.name);
  });

  it.each([
    ['a wrong password', 'INVALID_CREDENTIALS', () => ({ oldPassword: 'not-the-one', name: 'X' })],
    ['an address that is taken', 'EMAIL_TAKEN', (taken: string) => ({ oldPassword: PASSWORD, email: taken })],
  ])('with %s changes nothing', async (_, code, bodyWith) => {
    const [user, other] = [await users.registerAnybody(), await users.registerAnybody()];

    await expect(users.update(user.id, bodyWith(other.email.toUpperCase()))).rejects.toMatchObject({ code });

    expect(await users.read(user.id)).toEqual(user);
  });

  it('succeeds without changes', async () => {
    const user = await users.registerAnybody();

    expect(await users.update(user.id, { oldPassword: PASSWORD, name: user.name })).toEqual(user);
  });

  it('changes the password', async () => {
    const user = await users.registerAnybody();

    await users.update(user.id, { oldPassword: PASSWORD, newPassword: 'another-one-2' });

    await expect(users.update(user.id, { oldPassword: PASSWORD })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    expect(await users.update(user.id, { oldPassword: 'another-one-2' })).toEqual(user);
  });
});

describe('removing', () => {
  it('erases the address from finished work, and from the rest once it is finished', async () => {
    const [done, waiting] = [await users.registerAnybody(), await users.registerAnybody()];
    const [doneEvent, waitingEvent] = [await eventOf(done.id), await eventOf(waiting.id)];
    const letterOf = (uuid: string, userEmail: string) =>
      recordOf(
        toDeadLetter(sendRecord({ uuid, userEmail, addedAt: new Date(), generation: 0 }), uuid, 'no such user', 1, {}),
        { topic: 'user.email.send.dlq', partition: 1 },
      );
    const record = recordDeadLetters(async () => database.db);
    await record([letterOf(doneEvent.uuid, done.email)]);

    await users.remove(done.id);
    await users.remove(waiting.id);

    expect(await eventOf(done.id)).toMatchObject({ event_state: 'FAILED', user_email: null });
    expect(await eventOf(waiting.id)).toMatchObject({ event_state: 'PROCESSING', user_email: waiting.email });
    await record([letterOf(waitingEvent.uuid, waiting.email)]);
    const letters = await database.db('dead_letters').whereIn('event_uuid', [doneEvent.uuid, waitingEvent.uuid]);
    expect(letters.map(({ record: kept }) => kept)).toEqual([null, null]);
    expect(await eventOf(waiting.id)).toMatchObject({ event_state: 'FAILED', user_email: null });
    await expect(users.read(done.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('returns not found for a removed or unknown user', async () => {
    const user = await users.registerAnybody();
    await users.remove(user.id);

    await expect(users.remove(user.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users.remove(2 ** 60)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('frees the address', async () => {
    const user = await users.registerAnybody();
    await users.remove(user.id);

    expect((await users.registerAnybody(user.email)).id).not.toBe(user.id);
  });
});

describe('listing', () => {
  it.each(['ASC', 'desc'])('orders ties by id (%s), so that pages neither repeat nor skip users', async (direction) => {
    const lastname = randomName('T').slice(0, 20);
    const made: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      made.push((await users.register({ name: 'Tie', lastname, email: randomEmail(), password: PASSWORD })).id);
    }
    const { totalElements } = await users.list({ page: 0, pageSize: 1, sortBy: 'id', sortDirection: 'ASC' });
    const pages = await Promise.all(
      Array.from({ length: Math.ceil(totalElements / 3) }, (_, page) =>
        users.list({ page, pageSize: 3, sortBy: 'name', sortDirection: direction }),
      ),
    );

    const ids = pages.flatMap(({ content }) => content.map(({ id }) => id));
    const ties = ids.filter((id) => made.includes(id));
    expect(new Set(ids).size).toBe(totalElements);
    expect(ties).toEqual(direction === 'ASC' ? made : [...made].reverse());
  });

  it('limits a page to 20', async () => {
    const page = await users.list({ page: 0, pageSize: 1000, sortBy: 'id', sortDirection: 'whatever' });

    expect(page).toMatchObject({ size: 20, sortDirection: 'ASC' });
    expect(page.content.length).toBeLessThanOrEqual(20);
  });
});

describe('an exposed error', () => {
  it('contains no SQL and no value', async () => {
    const secret = randomName('secret');
    const refused = await database
      .db('users')
      .insert({ name: secret.repeat(20), password_hash: secret })
      .catch((error: unknown) => error);

    const failure = toDatabaseFailure(refused);

    const shown = failure instanceof Error ? `${failure.message} ${failure.stack} ${JSON.stringify(failure)}` : '';
    expect(String(refused)).not.toContain(secret);
    expect(shown).toContain('DatabaseError');
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain('insert');
  });
});

describe('passwords', () => {
  it('are hashed with argon2id and their own salt, and verified', async () => {
    const [first, second] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)];

    expect(first).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, PASSWORD)).toBe(true);
    expect(await verifyPassword(first, `${PASSWORD}x`)).toBe(false);
  });
});
