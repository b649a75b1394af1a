import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundedCount } from '#shared/db/sql.ts';
import { overviewDeliveries } from '#shared/notifications/overview-deliveries.ts';
import { observePipeline } from '#shared/outbox/observe-pipeline.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';

const MINUTE = 60_000;
/** 30 s into a minute. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE + 30_000;

let users: TestDatabase;
let notifications: TestDatabase;

interface Stored {
  readonly state: 'PROCESSING' | 'FINISHED' | 'FAILED';
  readonly addedAgoMs: number;
  readonly tookMs?: number;
  readonly isPublished?: boolean;
}

function store({ state, addedAgoMs, tookMs, isPublished = true }: Stored): Promise<unknown> {
  return users.db('outbox_events').insert({
    uuid: randomUUID(),
    event_state: state,
    topic: 'user.email.send',
    added_at: new Date(NOW - addedAgoMs),
    published_at: isPublished ? new Date(NOW - addedAgoMs) : null,
    processed_at: tookMs === undefined ? null : new Date(NOW - addedAgoMs + tookMs),
  });
}

beforeAll(async () => {
  [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
  await store({ state: 'FINISHED', addedAgoMs: 3 * MINUTE, tookMs: 100 });
  await store({ state: 'FINISHED', addedAgoMs: 3 * MINUTE + 1000, tookMs: 400 });
  await store({ state: 'FINISHED', addedAgoMs: 5000, tookMs: 80 });
  await store({ state: 'FINISHED', addedAgoMs: 60 * MINUTE, tookMs: 80 });
  await store({ state: 'FAILED', addedAgoMs: 2 * MINUTE, tookMs: 50 });
  await store({ state: 'PROCESSING', addedAgoMs: 40_000, isPublished: false });
  await store({ state: 'PROCESSING', addedAgoMs: 1000 });
});

afterAll(async () => {
  await Promise.all([users.drop(), notifications.drop()]);
});

describe("the pipeline's figures", () => {
  it('are counted by state, minute and latency', async () => {
    const pipeline = await observePipeline(
      async () => users.db,
      () => NOW,
    )();

    expect(pipeline).toMatchObject({
      states: {
        PROCESSING: { count: 2, isMore: false },
        FINISHED: { count: 4, isMore: false },
        FAILED: { count: 1, isMore: false },
      },
      unpublished: { count: 1, isMore: false },
      oldestUnfinishedAt: new Date(NOW - 40_000).toISOString(),
    });
    expect(pipeline.minutes).toHaveLength(15);
    expect(pipeline.minutes.at(-1)).toMatchObject({ startsAt: new Date(NOW - 30_000).toISOString(), registered: 2 });
    expect(pipeline.minutes.map(({ registered }) => registered).slice(-4)).toEqual([2, 1, 1, 2]);
    expect(pipeline.minutes.map(({ finished }) => finished).slice(-4)).toEqual([2, 0, 0, 1]);
    expect(pipeline.minutes.map(({ failed }) => failed).slice(-4)).toEqual([0, 1, 0, 0]);
    const { p50 = 0, p99 = 0 } = pipeline.minutes.at(-4)?.latencyMs ?? {};
    expect(p50).toBeGreaterThan(95);
    expect(p50).toBeLessThan(105);
    expect(p99).toBeGreaterThan(380);
    expect(p99).toBeLessThan(420);
    expect(pipeline.latencyMs?.p50).toBeLessThan(105);
  });

  it('keep the minutes in order over time, cached or read again', async () => {
    let [now, elapsed] = [NOW, 0];
    const observe = observePipeline(
      async () => users.db,
      () => now,
      () => elapsed,
    );
    const registered = async () => (await observe()).minutes.map((minute) => minute.registered).slice(-4);

    expect(await registered()).toEqual([2, 1, 1, 2]);
    for (const [minutes, seconds, expected] of [
      [1, 5, [1, 1, 2, 0]],
      [2, 10, [1, 2, 0, 0]],
      [3, 60, [2, 0, 0, 0]],
    ] as const) {
      [now, elapsed] = [NOW + minutes * MINUTE, seconds * 1000];
      expect(await registered()).toEqual(expected);
    }
    expect((await observe()).minutes).toHaveLength(15);
  });

  it.each([
    ["event_state IN ('PROCESSING','FINISHED','FAILED') AND added_at >= '2026-01-01'", 'outbox_events_added'],
    ["event_state = 'FINISHED' AND processed_at >= '2026-01-01'", 'outbox_events_ended'],
  ])('need only an index: %s', async (where, index) => {
    const [plan] = await users.db.raw(`EXPLAIN SELECT added_at FROM outbox_events FORCE INDEX (??) WHERE ${where}`, [
      index,
    ]);

    // MariaDB's words, or MySQL's.
    expect(JSON.stringify(plan)).toMatch(/using index|covering index/i);
    expect(JSON.stringify(plan)).toContain(index);
  });

  it('stop counting at the limit', async () => {
    const rows = () => users.db('outbox_events');

    expect(await boundedCount(users.db, rows(), 3)).toEqual({ count: 3, isMore: true });
    expect(await boundedCount(users.db, rows(), 7)).toEqual({ count: 7, isMore: false });
  });
});

describe("the deliveries' figures", () => {
  it('are counted by state, with the reasons of waiting deliveries, the next due first', async () => {
    const at = new Date(NOW);
    const delivery = { source_partition: 0, source_offset: 0, event_added_at: at, added_at: at };
    const [late, soon] = [randomUUID(), randomUUID()];
    const due = (ms: number) => new Date(NOW + ms);
    await notifications.db('email_deliveries').insert([
      { ...delivery, uuid: late, status: 'PENDING', attempts: 2, reason: '451 later', next_attempt_at: due(9000) },
      { ...delivery, uuid: soon, status: 'PENDING', attempts: 0, reason: null, next_attempt_at: due(1000) },
      { ...delivery, uuid: randomUUID(), status: 'SENT' },
    ]);

    expect(await overviewDeliveries(async () => notifications.db)()).toMatchObject({
      states: { PENDING: { count: 2 }, SENT: { count: 1 }, FAILED: { count: 0 } },
      waiting: [
        { uuid: soon, attempts: 0, reason: null, nextAttemptAt: due(1000).toISOString() },
        { uuid: late, attempts: 2, reason: '451 later', nextAttemptAt: due(9000).toISOString() },
      ],
    });
  });
});
