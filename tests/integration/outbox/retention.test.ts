import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purgeDeliveries } from '#shared/notifications/delivery-upkeep.ts';
import { deadLetterRepository } from '#shared/outbox/dead-letter-repository.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { purgeEvents } from '#shared/outbox/outbox-upkeep.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';

let users: TestDatabase;
let notifications: TestDatabase;

beforeAll(async () => {
  [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
});

afterAll(async () => {
  await Promise.all([users.drop(), notifications.drop()]);
});

function always() {
  return true;
}
function daysAgo({ db }: TestDatabase, days: number) {
  return db.raw('UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
}

async function storedEvent(state: string, days: number): Promise<string> {
  const event = testEvent();
  await outboxRepository(users.db).add({ ...event, traceparent: null }, 1);
  const ended = state === 'PROCESSING' ? null : daysAgo(users, days);
  await users
    .db('outbox_events')
    .where({ uuid: event.uuid })
    .update({ event_state: state, added_at: daysAgo(users, days), processed_at: ended });
  return event.uuid;
}

async function storedDelivery(status: string, days: number, settled: boolean): Promise<string> {
  const uuid = randomUUID();
  await notifications.db('email_deliveries').insert({
    uuid,
    status,
    source_partition: 0,
    source_offset: 0,
    event_added_at: daysAgo(notifications, days),
    added_at: daysAgo(notifications, days),
    settled_at: settled ? daysAgo(notifications, days) : null,
  });
  return uuid;
}

async function remaining({ db }: TestDatabase, table: string, uuids: readonly string[]): Promise<string[]> {
  const rows: Array<{ uuid: string }> = await db(table).whereIn('uuid', uuids).select('uuid');
  return rows.map(({ uuid }) => uuid);
}

describe('retention', () => {
  it.each([
    ['FINISHED', 29, true],
    ['FINISHED', 31, false],
    ['FAILED', 31, true],
    ['FAILED', 89, true],
    ['FAILED', 91, false],
    ['PROCESSING', 1000, true],
  ])('keeps an event that is %s for %i days: %s', async (state, days, isKept) => {
    const uuid = await storedEvent(state, days);

    await purgeEvents(async () => users.db)(30, always);

    expect(await remaining(users, 'outbox_events', [uuid])).toEqual(isKept ? [uuid] : []);
  });

  it.each([
    ['SENT', 89, true, true],
    ['SENT', 91, true, false],
    ['FAILED', 91, true, false],
    ['SENT', 1000, false, true],
    ['PENDING', 1000, false, true],
  ])('keeps a delivery that is %s for %i days (settled: %s): %s', async (status, days, settled, isKept) => {
    const uuid = await storedDelivery(status, days, settled);

    await purgeDeliveries(async () => notifications.db)(always);

    expect(await remaining(notifications, 'email_deliveries', [uuid])).toEqual(isKept ? [uuid] : []);
  });

  it('keeps dead letters for 90 days', async () => {
    const letter = { topic: 't', partition: 0, eventUuid: null, condition: 'c', reason: 'r', record: null };
    await deadLetterRepository(users.db).add(
      [
        { ...letter, offset: 1 },
        { ...letter, offset: 2 },
      ],
      new Set(),
    );
    await users
      .db('dead_letters')
      .where({ record_offset: 1 })
      .update({ recorded_at: daysAgo(users, 91) });

    await purgeEvents(async () => users.db)(30, always);

    expect(await users.db('dead_letters').pluck('record_offset')).toEqual([2]);
  });

  it('removes more than one batch, and stops when requested', async () => {
    const row = (uuid: string) => ({
      uuid,
      event_state: 'FINISHED',
      topic: 't',
      added_at: daysAgo(users, 40),
      processed_at: daysAgo(users, 40),
    });
    const uuids = Array.from({ length: 1200 }, () => randomUUID());
    await users.db.batchInsert('outbox_events', uuids.map(row), 200);
    let asked = 0;

    await purgeEvents(async () => users.db)(30, () => {
      asked += 1;
      return asked <= 1;
    });
    expect(await remaining(users, 'outbox_events', uuids)).toHaveLength(700);

    await purgeEvents(async () => users.db)(30, always);
    expect(await remaining(users, 'outbox_events', uuids)).toEqual([]);
  });
});
