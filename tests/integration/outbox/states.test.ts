import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';
import { deadLetterRepository } from '#shared/outbox/dead-letter-repository.ts';
import type { NewEvent } from '#shared/outbox/event.ts';
import { getEvent, listEvents } from '#shared/outbox/list-events.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { publishedMessages } from '#tests/helpers/published.ts';
import { rawRecord, recordOf, sendRecord, type TestEvent, testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const DLQ = { topic: 'user.email.send.dlq' };
const SENT = { topic: 'user.email.sent' };

let database: TestDatabase;
async function connect() {
  return database.db;
}
const record = recordDeadLetters(connect);
const published = publishedMessages();
const confirm = confirmEvents({ database: connect, publish: published.publish });
const get = getEvent(connect);

beforeAll(async () => {
  database = await usersTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

async function stored(changes: Readonly<Record<string, unknown>> = {}): Promise<TestEvent> {
  const event = testEvent();
  await outboxRepository(database.db).add({ ...event, traceparent: null }, 1);
  if (Object.keys(changes).length > 0) await database.db('outbox_events').where({ uuid: event.uuid }).update(changes);
  return event;
}

function confirmation(event: TestEvent, processedAt: Date | null = null) {
  return recordOf(
    toMessage('user.email.sent', { ...event, eventState: 'PROCESSING', processedAt, traceparent: null }),
    SENT,
  );
}

function letter(event: TestEvent, reason = 'no such user') {
  const raw = sendRecord(event);
  const generation = { 'x-generation': String(event.generation) };
  return recordOf(toDeadLetter(raw, event.uuid, reason, 1, generation), DLQ);
}

describe('a dead letter that races with a removal', () => {
  it('is stored without the address', async () => {
    const userId = 4711;
    const event = await stored({ event_state: 'FAILED', user_id: userId });
    const removing = await database.db.transaction();
    const events = await outboxRepository(removing).eraseAddressOf(userId);
    await deadLetterRepository(removing).eraseRecordsOf(events);

    let isRecorded = false;
    const dead = recordOf(toDeadLetter(confirmation(event), event.uuid, 'not an event', 1, {}), {
      topic: 'user.email.sent.dlq',
    });
    const recording = record([dead]).then(() => {
      isRecorded = true;
    });
    await waitFor(async () => {
      const others = database.db('information_schema.processlist').whereRaw('id <> CONNECTION_ID()');
      return isRecorded || (await others.where('info', 'like', '%erase_when_done%')).length > 0;
    });
    await removing.commit();
    await recording;

    const row = await database.db('dead_letters').where({ event_uuid: event.uuid }).first();
    expect(row).toMatchObject({ record: null });
  });
});

describe('a dead letter of an absurd generation', () => {
  it('is recorded and changes nothing for the operator', async () => {
    const event = await stored();

    await record([letter({ ...event, generation: 999_999_999 })]);

    const row = await database.db('dead_letters').where({ event_uuid: event.uuid }).first();
    expect(row).toBeDefined();
    expect(await get(event.uuid)).toMatchObject({ eventState: 'PROCESSING' });
  });
});

describe('a confirmation', () => {
  it('finishes its event, whatever state the message has', async () => {
    const event = await stored();
    const processedAt = new Date('2026-03-04T05:06:07.089Z');

    await confirm([confirmation(event, processedAt)]);

    expect(await get(event.uuid)).toMatchObject({ eventState: 'FINISHED', processedAt: processedAt.toISOString() });
  });

  it('overrides FAILED, and FAILED does not override it', async () => {
    const event = await stored();
    await record([letter(event)]);
    await confirm([confirmation(event)]);
    await record([letter({ ...event, generation: 5 })]);

    expect(await get(event.uuid)).toMatchObject({ eventState: 'FINISHED', reason: null });
  });

  it('keeps the first time when repeated', async () => {
    const event = await stored();
    await confirm([confirmation(event, new Date('2026-03-04T05:06:07Z'))]);

    await confirm([confirmation(event, new Date('2027-03-04T05:06:07Z'))]);

    expect(await get(event.uuid)).toMatchObject({ processedAt: '2026-03-04T05:06:07.000Z' });
  });

  it('finishes all named events of a large mixed batch, and dead-letters the invalid records', async () => {
    const events = await Promise.all(Array.from({ length: 60 }, () => stored()));
    const batch = events.map((event, n) => confirmation(event, n % 2 === 0 ? new Date() : null));
    const before = published.on('user.email.sent.dlq').length;

    await confirm([rawRecord('}{', SENT), ...batch, confirmation(testEvent()), rawRecord(null, SENT)]);

    const rows = await database.db('outbox_events').whereIn(
      'uuid',
      events.map(({ uuid }) => uuid),
    );
    expect(new Set(rows.map(({ event_state: state }) => state))).toEqual(new Set(['FINISHED']));
    expect(published.on('user.email.sent.dlq').length - before).toBe(2);
  });

  it('counts even if an invalid record beside it cannot be dead-lettered', async () => {
    const event = await stored();
    const away = confirmEvents({ database: connect, publish: () => Promise.reject(new Error('broker away')) });

    await expect(away([rawRecord('}{', SENT), confirmation(event)])).rejects.toThrow('broker away');

    expect(await get(event.uuid)).toMatchObject({ eventState: 'FINISHED' });
  });
});

describe('a dead letter', () => {
  it('makes its event FAILED with the reason, and is stored once', async () => {
    const event = await stored();
    const once = letter(event, '550 5.1.1');

    await record([once]);
    await record([once]);

    expect(await get(event.uuid)).toMatchObject({ eventState: 'FAILED', reason: '550 5.1.1' });
    expect(await database.db('dead_letters').where({ event_uuid: event.uuid })).toHaveLength(1);
  });

  it('of a lower generation is stored and otherwise ignored', async () => {
    const event = await stored({ generation: 2 });

    await record([letter({ ...event, generation: 1 })]);

    expect(await get(event.uuid)).toMatchObject({ eventState: 'PROCESSING' });
    expect(await database.db('dead_letters').where({ event_uuid: event.uuid })).toHaveLength(1);
  });

  it('of a confirmation makes no event FAILED', async () => {
    const event = await stored();
    const dead = recordOf(toDeadLetter(confirmation(event), event.uuid, 'why', 1, {}), {
      topic: 'user.email.sent.dlq',
    });

    await record([dead]);

    expect(await get(event.uuid)).toMatchObject({ eventState: 'PROCESSING' });
  });

  it('that is huge, empty or invalid is stored anyway', async () => {
    const event = await stored();
    const partition = 77;
    const endless = letter(event, 'because '.repeat(5000));
    const odd = [null, '', '[]', '{"payload":{"records":{"a-0":[{"value":7,"headers":{"a":1}}]}}}', '\u0000\ud800'];

    await record([{ ...endless, partition }, ...odd.map((value) => rawRecord(value, { ...DLQ, partition }))]);

    expect((await get(event.uuid)).eventState).toBe('FAILED');
    expect((await get(event.uuid)).reason).toHaveLength(500);
    expect(await database.db('dead_letters').where({ topic_partition: partition })).toHaveLength(odd.length + 1);
  });

  it('does not deadlock concurrent recorders', async () => {
    const events = await Promise.all(Array.from({ length: 30 }, () => stored()));
    const letters = events.map((event) => letter(event));

    await Promise.all([record(letters), record([...letters].reverse()), confirm(events.map((e) => confirmation(e)))]);

    const rows = await database.db('outbox_events').whereIn(
      'uuid',
      events.map(({ uuid }) => uuid),
    );
    expect(new Set(rows.map(({ event_state: state }) => state))).toEqual(new Set(['FINISHED']));
  });
});

describe('without a database', () => {
  it('no batch is acknowledged, so that it is redelivered', async () => {
    const nowhere = createDatabase('mysql://tester:password@127.0.0.1:1/users', 1);
    const away = async () => nowhere;
    const event = testEvent();

    await expect(recordDeadLetters(away)([letter(event)])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
    const confirmAway = confirmEvents({ database: away, publish: published.publish });
    await expect(confirmAway([confirmation(event)])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });

    await nowhere.destroy();
  });
});

describe('a retry by an operator', () => {
  const published: NewEvent[] = [];
  const publishSoon = async (event: NewEvent) => void published.push(event);
  const retry = retryEvent({ database: connect, publishSoon });

  it('changes a FAILED event to PROCESSING with the next generation', async () => {
    const event = await stored();
    await record([letter(event)]);

    const again = await retry(event.uuid);
    expect(published).toMatchObject([{ uuid: event.uuid, userEmail: event.userEmail, generation: 1 }]);

    const row = await outboxRepository(database.db).find(event.uuid);
    expect(again).toMatchObject({ eventState: 'PROCESSING', reason: null, attempts: 0, publishedAt: null });
    expect(row?.generation).toBe(1);
    await record([letter(event)]);
    expect(await get(event.uuid)).toMatchObject({ eventState: 'PROCESSING' });
  });

  it('counts once among concurrent calls', async () => {
    const event = await stored();
    await record([letter(event)]);

    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => retry(event.uuid)));

    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await outboxRepository(database.db).find(event.uuid))?.generation).toBe(1);
  });

  it.each([
    ['is PROCESSING', {}],
    ['is FINISHED', { event_state: 'FINISHED' }],
    ['lost its address', { event_state: 'FAILED', user_email: null }],
  ])('is refused when the event %s', async (_, changes) => {
    const event = await stored(changes);

    await expect(retry(event.uuid)).rejects.toMatchObject({ code: 'NOT_RETRIABLE' });
  });

  it('of an unknown event returns not found', async () => {
    await expect(retry(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the list of events', () => {
  it('is ordered newest first, filtered by state, and paged', async () => {
    const failed = [await stored(), await stored(), await stored()];
    for (const event of failed) await record([letter(event)]);
    const list = listEvents(connect);

    const page = await list({ state: 'FAILED', page: 0, pageSize: 2 });
    const all = await list({ page: 0, pageSize: 1000 });

    expect(page.content.map(({ uuid }) => uuid)).toEqual([failed[2]?.uuid, failed[1]?.uuid]);
    expect(page).toMatchObject({ page: 0, size: 2 });
    expect(page.totalPages).toBe(Math.ceil(page.totalElements / 2));
    expect(all.size).toBe(100);
  });
});
