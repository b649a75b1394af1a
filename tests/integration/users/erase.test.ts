import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#shared/db/database.ts';
import { deliveryRepository } from '#shared/notifications/delivery-repository.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { mentions } from '#shared/users/erase-person.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { connectedRedis } from '#tests/helpers/redis.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';

let users: TestDatabase;
let notifications: TestDatabase;
const cachePrefix = randomName('erase:');

beforeAll(async () => {
  [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
});
afterAll(() => Promise.all([users.drop(), notifications.drop()]));

function erase(...args: string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...process.env,
    USERS_DATABASE_URL: users.url,
    NOTIFICATIONS_DATABASE_URL: notifications.url,
    CACHE_PREFIX: cachePrefix,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, runArguments('local/commands/erase', ...args), { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, output: `${out}${err}` }),
    );
  });
}

async function rowsOf(db: Database): Promise<string> {
  const [tables] = await db.raw('SHOW TABLES');
  const names = tables.map((row: object) => String(Object.values(row)[0]));
  return JSON.stringify(await Promise.all(names.map((name: string) => db(name))));
}

/** Everything that both databases and the cache hold, as text. */
async function everything(): Promise<string> {
  const redis = await connectedRedis(process.env['REDIS_URL'] ?? '');
  const keys = await redis.keys(`${cachePrefix}*`);
  const cached = await Promise.all(keys.map((key) => redis.get(key)));
  redis.disconnect();
  return `${await rowsOf(users.db)}${await rowsOf(notifications.db)}${cached.join('\n')}`;
}

let offset = 0;
async function deadLetter(record: string, reason = 'unknown event'): Promise<void> {
  offset += 1;
  const at = users.db.raw('UTC_TIMESTAMP(3)');
  const place = { topic: 'user.email.send.dlq', topic_partition: 0, record_offset: offset, recorded_at: at };
  await users.db('dead_letters').insert({ ...place, failure_condition: 'Unknown', reason, record });
}

/** A person in every table: registered, waiting for a mail, with an earlier address, cached, and in dead letters. */
async function person(): Promise<{ email: string; formerEmail: string; id: number; uuids: string[] }> {
  const [email, formerEmail] = [randomEmail(), randomEmail()];
  const at = users.db.raw('UTC_TIMESTAMP(3)');
  const own = { name: 'Ann', lastname: 'Lee', email, email_lower: email.toLowerCase(), password_hash: 'x' };
  const [id = 0] = await users.db('users').insert({ ...own, created_at: at, updated_at: at });
  const uuids = [randomUUID(), randomUUID()];
  for (const [index, userEmail] of [formerEmail, email].entries()) {
    const event = { uuid: uuids[index] ?? '', userEmail, addedAt: new Date(), generation: 0, traceparent: null };
    await outboxRepository(users.db).add(event, id);
    await notifications.db('email_deliveries').insert({
      uuid: event.uuid,
      user_email: userEmail,
      status: 'PENDING',
      source_partition: 0,
      source_offset: index,
      event_added_at: at,
      added_at: at,
      next_attempt_at: at,
    });
  }
  await deadLetter(`{"userEmail":"${email.toUpperCase()}"}`);
  await deadLetter(`{"userEmail":"${email.replace('@', '\\u0040')}"}`);
  await deadLetter(Buffer.from(`{"to":"${email}"}`).toString('base64'));
  await deadLetter('not json', `550 <${email}> is unknown`);
  const redis = await connectedRedis(process.env['REDIS_URL'] ?? '');
  await redis.set(`${cachePrefix}user:${id}`, JSON.stringify({ email }));
  redis.disconnect();
  return { email, formerEmail, id, uuids };
}

describe('npm run erase', () => {
  it('lists where a person is, and changes nothing', async () => {
    const { email, id } = await person();
    const before = await everything();

    const { code, output } = await erase(email.toUpperCase(), '--list');

    expect(output).toContain(`users               1 (id ${id})`);
    expect(output).toContain('outbox_events       2');
    expect(output).toContain('email_deliveries    2 waiting');
    expect(output).toContain('dead_letters        4 ');
    expect(output).toContain('Nothing was changed.');
    expect(output).not.toContain('Audit');
    expect(code).toBe(0);
    expect(await everything()).toBe(before);
  });

  it('leaves no trace of the person in any table or in the cache, and the others alone', async () => {
    const [gone, other] = [await person(), await person()];

    const { code, output } = await erase(gone.email);

    expect(output).toContain('Erased.');
    const audited = output.split('\n').find((line) => line.includes('"Audit"')) ?? '{}';
    expect(JSON.parse(audited)).toMatchObject({
      action: 'person erased',
      operator: expect.stringContaining('@'),
      userId: gone.id,
      events: expect.arrayContaining(gone.uuids),
    });
    expect(audited).not.toContain(gone.email);
    expect(code).toBe(0);
    const left = (await everything()).toLowerCase();
    expect(left).not.toContain(gone.email);
    expect(left).not.toContain(gone.formerEmail);
    expect(left).not.toContain(gone.email.replace('@', '\\\\u0040'));
    expect(left).not.toContain(Buffer.from(`{"to":"${gone.email}"}`).toString('base64').toLowerCase());
    expect(left.split(other.email).length - 1).toBeGreaterThanOrEqual(5);
    for (const uuid of gone.uuids) {
      expect(await users.db('outbox_events').where({ uuid }).first()).toMatchObject({ event_state: 'FAILED' });
      expect(await notifications.db('email_deliveries').where({ uuid }).first()).toMatchObject({
        status: 'FAILED',
        next_attempt_at: null,
      });
    }
    for (const uuid of other.uuids)
      expect(await users.db('outbox_events').where({ uuid }).first()).toMatchObject({ event_state: 'PROCESSING' });
  });

  it('finds a person who is no user any more, and may be repeated', async () => {
    const { email, id } = await person();
    await users.db('users').where({ id }).delete();

    expect((await erase(email)).output).toContain('outbox_events       1');
    expect(await everything()).not.toContain(email);
    expect((await erase(email)).output).toContain('This person is unknown.');
  });

  it.each([[[]], [['ann']], [['a@b.io', 'c@d.io']], [['a@b.io', '--all']]])(
    'refuses the arguments %j',
    async (args) => {
      const { code, output } = await erase(...args);

      expect(code).toBe(1);
      expect(output).toMatch(/Name one mail address|Unknown option/);
    },
  );
});

describe('the deliveries of an address', () => {
  it('are found in a large table by statements that examine a small part of it', async () => {
    const [first, last] = [50_000, 150_000];
    const large = await notificationsTestDatabase();
    const { db } = large;
    const at = db.raw('UTC_TIMESTAMP(3)');
    for (let id = first; id <= last; id += 1000)
      await db.raw(
        `INSERT INTO email_deliveries (id, uuid, user_email, status, source_partition, source_offset, event_added_at, added_at)
         WITH RECURSIVE n AS (SELECT ? AS i UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         SELECT i, CONCAT('large-', i), CONCAT(i, '@Large.io'), 'PENDING', 0, i, ?, ? FROM n`,
        [id, Math.min(id + 999, last), at, at],
      );
    const statements: Knex.Sql[] = [];
    const note = (query: Knex.Sql) => statements.push(query);
    db.on('query', note);
    const found = await deliveryRepository(db).waitingFor(['large-50000'], '149999@large.io');
    db.removeListener('query', note);
    const examined: number[] = [];
    for (const { sql, bindings } of statements) {
      const [[{ rows }]] = await db.raw(`EXPLAIN ${sql}`, bindings);
      examined.push(Number(rows ?? 0));
    }
    await large.drop();

    // The server estimates.
    expect(Math.max(...examined)).toBeLessThan((last - first) / 3);
    expect(found).toEqual(['large-149999', 'large-50000']);
  });
});

describe('an address in a text', () => {
  it.each([
    ['ann@b.io', true],
    ['<ANN@B.IO>: unknown.', true],
    ['to ann@b.io.', true],
    ['{"a":"ann\\u0040b.io"}', true],
    [Buffer.from('x ann@b.io').toString('base64'), true],
    ['joann@b.io', false],
    ['ann@b.io.uk', false],
    ['ann@b.iot', false],
    ['ann.ann@b.io', false],
  ])('%s: %s', (text, isFound) => {
    expect(mentions(text, 'ann@b.io')).toBe(isFound);
  });
});
