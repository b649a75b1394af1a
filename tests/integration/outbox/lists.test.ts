import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LARGE_LIST } from '#shared/db/list-total.ts';
import { markLists } from '#shared/db/mark-lists.ts';
import type { SortedList } from '#shared/db/sorted-list.ts';
import { deadLetterRepository } from '#shared/outbox/dead-letter-repository.ts';
import { EVENT_STATES } from '#shared/outbox/event.ts';
import { deadLetterLists, listDeadLetters } from '#shared/outbox/list-dead-letters.ts';
import { eventLists, listEvents } from '#shared/outbox/list-events.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';

const EVENTS = 3 * LARGE_LIST;

let users: TestDatabase;

async function connect() {
  return users.db;
}

/** Its clock stands still, so that one round does all. */
function mark(lists: readonly SortedList[]): Promise<boolean> {
  return markLists(connect, lists, () => 0)()(() => true);
}

/** Two of three events are FINISHED, one is PROCESSING; every event has a dead letter, and so has an unknown one. */
beforeAll(async () => {
  users = await usersTestDatabase();
  for (let first = 1; first <= EVENTS; first += 1000) {
    const numbers = `WITH RECURSIVE n AS (SELECT ${first} AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${first + 999})`;
    await users.db.raw(
      `INSERT INTO outbox_events (uuid, event_state, topic, added_at) ${numbers}
       SELECT UUID(), IF(i % 3 = 0, 'PROCESSING', 'FINISHED'), 'user.email.send', UTC_TIMESTAMP(3) FROM n`,
    );
    await users.db.raw(
      `INSERT INTO dead_letters
         (topic, topic_partition, record_offset, event_uuid, failure_condition, reason, recorded_at, is_known)
       ${numbers} SELECT 't', 0, i, UUID(), 'c', 'r', UTC_TIMESTAMP(3), 0 FROM n`,
    );
  }
});

afterAll(async () => {
  await users.drop();
});

describe('long lists of the outbox', () => {
  it.each(['', ...EVENT_STATES] as const)(
    'events in state "%s" have the same pages with and without marks',
    async (state) => {
      await users.db('list_marks').delete();
      const expected: string[] = await users
        .db('outbox_events')
        .where(state === '' ? {} : { event_state: state })
        .orderBy('id', 'desc')
        .pluck('uuid');

      for (const isMarked of [false, true]) {
        if (isMarked) await mark(eventLists);
        const list = listEvents(connect);
        for (const page of [0, 1, 120, 149, 150, 151, 199, 200, 250, 299, 300]) {
          const { content, totalElements } = await list({ state, page, pageSize: 100 });
          expect([page, content.map(({ uuid }) => uuid)]).toEqual([page, expected.slice(page * 100, (page + 1) * 100)]);
          expect(totalElements).toBe(expected.length);
        }
      }
    },
  );

  it('dead letters have the same pages with and without marks', async () => {
    for (const isMarked of [false, true]) {
      if (isMarked) await mark(deadLetterLists);
      const list = listDeadLetters(connect);
      for (const page of [0, 149, 299, 300]) {
        const { content, totalElements } = await list({ event: 'unknown', page, pageSize: 100 });
        const newest = EVENTS - page * 100;
        expect(content.map(({ offset }) => offset)).toEqual(
          Array.from({ length: Math.min(100, newest) }, (_, index) => newest - index),
        );
        expect(totalElements).toBe(EVENTS);
      }
    }
  });

  it('dead letters are listed by whether their event is known, with its state', async () => {
    const event = testEvent();
    await outboxRepository(users.db).add({ ...event, traceparent: null }, 1);
    const letter = { topic: 'known', partition: 0, condition: 'c', reason: 'r', record: null };
    const letters = [event.uuid, randomUUID(), null].map((eventUuid, index) => ({
      ...letter,
      offset: index + 1,
      eventUuid,
    }));
    await deadLetterRepository(users.db).add(letters, await outboxRepository(users.db).statesOf([event.uuid]));
    const list = listDeadLetters(connect);

    const known = await list({ event: 'known', page: 0, pageSize: 10 });
    const unknown = await list({ event: 'unknown', page: 0, pageSize: 2 });

    expect(known.content).toMatchObject([{ offset: 1, eventUuid: event.uuid, eventState: 'PROCESSING' }]);
    expect(known.totalElements).toBe(1);
    expect(unknown.content).toMatchObject([{ offset: 3 }, { offset: 2, eventState: null }]);
    expect(unknown.totalElements).toBe(EVENTS + 2);
  });
});
