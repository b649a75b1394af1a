import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { ConfigResourceTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createDatabase } from '#shared/db/database.ts';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toMessage, toSendRequest } from '#shared/messages/event-message.ts';
import { asAdmin, clientOf, readAs, writeAs } from '#tests/helpers/guarded-kafka.ts';
import { type GuardedServers, startGuardedServers } from '#tests/helpers/guarded-servers.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';
import { describeWithPrograms } from '#tests/helpers/own-server.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { kafkaEvent, recordOf, testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const SEND = 'user.email.send';
const SENT = 'user.email.sent';
const ADDED = '2026-01-01T00:00:00Z';

let servers: GuardedServers;

beforeAll(async () => {
  servers = await startGuardedServers();
  servers.as('preparation');
  const { handler } = await import('#functions/system/prepare-stage.ts');
  await handler();
});
afterAll(() => servers.stop());

const context = { getRemainingTimeInMillis: () => 20_000 } as Context;

function batch(topic: string, ...messages: OutgoingMessage[]) {
  return kafkaEvent(messages.map((message) => recordOf(message, { topic })));
}

async function endOf(topic: string): Promise<number> {
  const offsets = await asAdmin(servers.broker, undefined, (admin) => admin.fetchTopicOffsets(topic));
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

const body = (value: unknown) => ({ body: JSON.stringify(value) });

describeWithPrograms('preparing the stage with its own users', () => {
  it('creates tables and topics, and corrects a topic', async () => {
    const entry = { name: 'retention.ms', value: '1000' };
    const resource = { type: ConfigResourceTypes.TOPIC, name: SEND, configEntries: [entry] };
    await asAdmin(servers.broker, undefined, (admin) =>
      admin.alterConfigs({ validateOnly: false, resources: [resource] }),
    );
    servers.as('preparation');
    const { handler } = await import('#functions/system/prepare-stage.ts');

    expect((await handler()).done).toEqual(
      expect.arrayContaining([
        'USERS_DATABASE_URL: tables are up to date',
        'NOTIFICATIONS_DATABASE_URL: tables are up to date',
        `KAFKA_BROKERS: corrected the retention of ${SEND}`,
      ]),
    );
  });
});

describeWithPrograms('the functions of the users context', () => {
  beforeAll(() => servers.as('users'));

  it('register, read, change and delete users, and publish events', async () => {
    const sent = await endOf(SEND);
    const user = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'long-enough' };
    const headers = { 'content-type': 'application/json', 'idempotency-key': user.email };
    const { handler: create } = await import('#functions/users/create.ts');
    const { handler: list } = await import('#functions/users/list.ts');
    const { handler: get } = await import('#functions/users/get.ts');
    const { handler: update } = await import('#functions/users/update.ts');
    const { handler: remove } = await import('#functions/users/remove.ts');
    process.env['PASSWORD_FAILURES_FREE'] = '3';

    const created = await create(httpEvent({ headers, ...body(user) }), context);
    expect(created.statusCode).toBe(201);
    const pathParameters = { id: String(JSON.parse(created.body ?? '').id) };
    expect((await list(httpEvent(), context)).statusCode).toBe(200);
    expect((await get(httpEvent({ pathParameters }), context)).statusCode).toBe(200);
    const wrong = body({ name: 'Bea', oldPassword: 'wrong-password' });
    expect((await update(httpEvent({ pathParameters, ...wrong }), context)).statusCode).toBe(400);
    const change = body({ name: 'Bea', oldPassword: user.password });
    expect((await update(httpEvent({ pathParameters, ...change }), context)).statusCode).toBe(200);
    expect((await remove(httpEvent({ pathParameters }), context)).statusCode).toBe(204);
    await waitFor(async () => (await endOf(SEND)) > sent, { what: 'the event' });
  });

  it('relay, confirm, record, list and retry events', async () => {
    const { handler: relay } = await import('#functions/outbox/relay.ts');
    const { handler: confirm } = await import('#functions/outbox/confirm-email-sent.ts');
    const { handler: record } = await import('#functions/outbox/record-dead-letter.ts');
    const { handler: retry } = await import('#functions/outbox/retry-event.ts');
    const events = [testEvent(), testEvent()];
    const [done = testEvent(), dead = testEvent()] = events;
    for (const { uuid, userEmail } of events) {
      const row = { uuid, user_email: userEmail, event_state: 'PROCESSING', topic: SEND, user_id: 1 };
      await servers
        .owner('outbox_events')
        .insert({ ...row, added_at: ADDED.slice(0, 10), next_attempt_at: '2026-01-01' });
    }
    const old = { uuid: testEvent().uuid, event_state: 'FINISHED', topic: SEND, added_at: '2020-01-01' };
    await servers.owner('outbox_events').insert({ ...old, processed_at: '2020-01-01' });
    await servers.owner('cache_invalidations').insert({ user_id: 1, version: 1, added_at: '2026-01-01' });
    const [sent, refused] = [await endOf(SEND), await endOf(`${SENT}.dlq`)];

    await relay({ once: true }, context);
    expect(await endOf(SEND)).toBe(sent + 2);
    expect(await servers.owner('outbox_events').where({ uuid: old.uuid })).toEqual([]);
    expect(await servers.owner('cache_invalidations')).toEqual([]);

    const state = { eventState: 'FINISHED', processedAt: null, traceparent: null } as const;
    const malformed = { key: 'x', value: 'not json', headers: {} };
    await confirm(batch(SENT, toMessage(SENT, { ...done, ...state }), malformed), context);
    expect(await endOf(`${SENT}.dlq`)).toBe(refused + 1);

    const letter = toDeadLetter(recordOf(toSendRequest({ ...dead, traceparent: null })), dead.uuid, 'no', 1, {});
    await record(batch(`${SEND}.dlq`, letter), context);
    const states = await servers.owner('outbox_events').whereIn('uuid', [done.uuid, dead.uuid]).pluck('event_state');
    expect(states.sort()).toEqual(['FAILED', 'FINISHED']);

    const pathParameters = { uuid: dead.uuid };
    for (const name of ['list-events', 'get-event', 'list-dead-letters', 'pipeline']) {
      const { handler } = await import(`#functions/outbox/${name}.ts`);
      expect((await handler(httpEvent({ pathParameters }), context)).statusCode, name).toBe(200);
    }
    expect((await retry(httpEvent({ pathParameters }), context)).statusCode).toBe(202);
  });

  it('report their health', async () => {
    const { handler: ready } = await import('#functions/system/ready.ts');
    const { dependencies } = JSON.parse((await ready(httpEvent(), context)).body ?? '');

    expect(Object.keys(dependencies)).toHaveLength(5);
    for (const [name, dependency] of Object.entries(dependencies))
      expect(dependency, name).toMatchObject({ status: 'up' });
  });
});

describeWithPrograms('the functions that only read', () => {
  interface Definition {
    readonly handler: string;
    readonly uses?: readonly string[];
  }
  const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;
  const readers = Object.values(functions)
    .filter(({ uses = [] }) => uses.some((grant) => grant.endsWith('Reader')))
    .map(({ handler }) => /^dist\/functions\/(\w+)\/([\w-]+)\.handler$/.exec(handler)?.slice(1) ?? [handler]);
  beforeAll(() => servers.as('reader'));

  it.each(readers)('%s/%s needs no other privilege', async (folder, name) => {
    const { owner } = servers;
    const email = randomEmail();
    const at = { created_at: '2026-01-01', updated_at: '2026-01-01' };
    const row = { name: 'Ann', lastname: 'Lee', email, email_lower: email, password_hash: 'x', ...at };
    const [user] = await owner('users').insert(row);
    const { uuid } = testEvent();
    const event = { uuid, event_state: 'FINISHED', topic: SEND, added_at: '2026-01-01' };
    await owner('outbox_events').insert(event);
    const place = { source_partition: 0, source_offset: 1, event_added_at: '2026-01-01', added_at: '2026-01-01' };
    await owner('notifications.email_deliveries').insert({ uuid, status: 'SENT', ...place });
    const { handler } = await import(`#functions/${folder}/${name}.ts`);

    const response = await handler(httpEvent({ pathParameters: { id: String(user), uuid } }), context);

    expect(response).toMatchObject({ statusCode: 200 });
  });
});

describeWithPrograms('the functions of the notifications context', () => {
  beforeAll(() => servers.as('notifications'));

  it('send mails, confirm them, dead-letter and retry', async () => {
    const { handler: receive } = await import('#functions/notifications/send-welcome-email.ts');
    const { handler: deliverDue } = await import('#functions/notifications/deliver-due.ts');
    const { handler: deliveries } = await import('#functions/notifications/deliveries.ts');
    const [event, due] = [testEvent(), testEvent()];
    const [confirmed, refused] = [await endOf(SENT), await endOf(`${SEND}.dlq`)];

    const malformed = { key: 'x', value: 'not json', headers: {} };
    await receive(batch(SEND, toSendRequest({ ...event, traceparent: null }), malformed), context);
    expect(servers.mail.to(event.userEmail)).toHaveLength(1);
    expect(await endOf(SENT)).toBe(confirmed + 1);
    expect(await endOf(`${SEND}.dlq`)).toBe(refused + 1);

    const place = { source_partition: 0, source_offset: 1, event_added_at: '2026-01-01', added_at: '2026-01-01' };
    const rows = [
      { uuid: due.uuid, user_email: due.userEmail, status: 'PENDING', next_attempt_at: '2026-01-01', ...place },
      { uuid: testEvent().uuid, status: 'SENT', settled_at: '2020-01-01', ...place },
    ];
    await servers.owner('notifications.email_deliveries').insert(rows);
    await deliverDue({ once: true }, context);
    expect(servers.mail.to(due.userEmail)).toHaveLength(1);
    expect(await endOf(SENT)).toBe(confirmed + 2);
    expect(await servers.owner('notifications.email_deliveries').where({ uuid: rows[1]?.uuid })).toEqual([]);

    expect((await deliveries(httpEvent(), context)).statusCode).toBe(200);
  });
});

describeWithPrograms('the users of the databases are refused more', () => {
  it.each([
    ['users', 'SELECT * FROM notifications.email_deliveries'],
    ['notifications', 'SELECT password_hash FROM users.users'],
    ['notifications', "UPDATE users.outbox_events SET event_state = 'FINISHED'"],
    ['users', 'DROP TABLE users.users'],
    ['users', 'ALTER TABLE users.users ADD COLUMN more INT'],
    ['notifications', 'CREATE TABLE notifications.more (id INT)'],
    ['users', "SELECT 'x' INTO OUTFILE '/tmp/registration-outfile'"],
    ['migration', "SELECT 'x' INTO OUTFILE '/tmp/registration-outfile'"],
    ['migration', 'CREATE DATABASE more'],
    ['migration', 'SELECT * FROM mysql.user'],
    ['users', "GRANT SELECT ON users.* TO 'notifications'@'%'"],
    ['migration', "CREATE USER 'more'@'%' IDENTIFIED BY 'password'"],
  ])('%s: %s', async (user, sql) => {
    const db = createDatabase(servers.urlFor(user, user === 'notifications' ? 'notifications' : 'users'), 1);

    await expect(db.raw(sql)).rejects.toThrow(/denied/i);
    await db.destroy();
  });
});

const REFUSED = /not authorized/i;
/** kafkajs does not say why no broker coordinates a group for a client. */
const NO_GROUP = /not authorized|Failed to find group coordinator/i;

describeWithPrograms('the users of the brokers', () => {
  const GROUPS = { send: 'email-service-listener-group', sent: 'notification-service' };

  it.each([
    ['users', GROUPS.sent, SENT],
    ['users', 'dead-letter-recorder', `${SEND}.dlq`],
    ['users', 'dead-letter-recorder-sent', `${SENT}.dlq`],
    ['notifications', GROUPS.send, SEND],
  ])('%s consumes in the group %s from %s', async (user, group, topic) => {
    expect(await readAs(servers.broker, user, group, topic)).toBe(topic);
  });

  it.each([
    ['notifications', SEND],
    ['notifications', `${SENT}.dlq`],
    ['users', SENT],
    ['users', `${SEND}.dlq`],
    ['preparation', SEND],
    ['preparation', SENT],
  ])('%s may not write %s', async (user, topic) => {
    await expect(writeAs(servers.broker, user, topic)).rejects.toThrow(REFUSED);
  });

  it.each([
    ['users', GROUPS.sent, SEND],
    ['users', GROUPS.send, SENT],
    ['notifications', GROUPS.send, SENT],
    ['notifications', GROUPS.sent, SEND],
    ['preparation', GROUPS.send, SEND],
  ])('%s may not consume in the group %s from %s', async (user, group, topic) => {
    await expect(readAs(servers.broker, user, group, topic)).rejects.toThrow(NO_GROUP);
  });

  it.each(['users', 'notifications'])('%s may not create, change or delete topics', async (user) => {
    const configEntries = [{ name: 'retention.ms', value: '1' }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: SEND, configEntries }];

    await asAdmin(servers.broker, user, async (admin) => {
      await expect(admin.createTopics({ topics: [{ topic: 'more' }] })).rejects.toThrow(/authoriz|creation errors/i);
      await expect(admin.alterConfigs({ validateOnly: false, resources })).rejects.toThrow(/authoriz/i);
      await expect(admin.deleteTopics({ topics: [SEND] })).rejects.toThrow(/authoriz/i);
    });
  });

  it('preparation may not delete topics, and nobody logs in with a wrong password', async () => {
    await asAdmin(servers.broker, 'preparation', (admin) =>
      expect(admin.deleteTopics({ topics: [SEND] })).rejects.toThrow(REFUSED),
    );

    await expect(clientOf(servers.broker, 'users', 'wrong').admin().connect()).rejects.toThrow(/authentication/i);
  });
});
