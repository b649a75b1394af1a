import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { publishedMessages } from '#tests/helpers/published.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';

const SEND = 'user.email.send';

let database: TestDatabase;

beforeAll(async () => {
  database = await usersTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

function events() {
  return database.db('outbox_events');
}
function PAST() {
  return database.db.raw('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
}

async function stored(count: number, changes: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  const made = Array.from({ length: count }, () => testEvent());
  for (const event of made) await outboxRepository(database.db).add({ ...event, traceparent: null }, 1);
  const uuids = made.map(({ uuid }) => uuid);
  await events()
    .whereIn('uuid', uuids)
    .update({ next_attempt_at: PAST(), ...changes });
  return uuids;
}

function relayOn() {
  const published = publishedMessages();
  const startRelay = relayOutbox({ database: async () => database.db, publish: published.publish });
  return {
    published,
    startRelay,
    /** One run of one round. */
    relay: (budget: number, shouldContinue?: () => boolean) => startRelay(budget)(shouldContinue),
  };
}

async function secondsUntilDue(uuid: string): Promise<number> {
  const [row] = await events()
    .where({ uuid })
    .select({ seconds: database.db.raw('TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), next_attempt_at) / 1000000') });
  return Number(row.seconds);
}

describe('the relay', () => {
  it('publishes due rows and leaves leased rows to their inline publish', async () => {
    const due = await stored(3);
    const leased = testEvent();
    await outboxRepository(database.db).add({ ...leased, traceparent: null }, 1);
    const { relay, published } = relayOn();

    await relay(100);

    expect(published.keysOn(SEND)).toEqual(expect.arrayContaining(due));
    expect(published.keysOn(SEND)).not.toContain(leased.uuid);
    expect(await events().where({ uuid: due[0] }).first()).toMatchObject({ attempts: 1, event_state: 'PROCESSING' });
  });

  it('publishes each event once across concurrent relays', async () => {
    const uuids = await stored(300);
    const relays = Array.from({ length: 5 }, relayOn);

    await Promise.all(relays.map(({ relay }) => relay(100)));
    await relayOn().relay(0);

    const keys = relays.flatMap(({ published }) => published.keysOn(SEND)).filter((key) => uuids.includes(key ?? ''));
    expect(keys).toHaveLength(new Set(keys).size);
    expect(await events().whereIn('uuid', uuids).whereNull('published_at')).toEqual([]);
  });

  it('releases its rows soon when the broker rejects them, and fails the round', async () => {
    const [uuid = ''] = await stored(1);
    const { relay, published } = relayOn();
    published.failWith(new Error('broker away'));

    await expect(relay(100)).rejects.toThrow('broker away');

    expect(await events().where({ uuid }).first()).toMatchObject({ published_at: null, attempts: 0 });
    expect(await secondsUntilDue(uuid)).toBeLessThanOrEqual(1);
  });

  it('marks what the broker takes, and releases only the events of a partition that takes none', async () => {
    const uuids = await stored(6);
    const [stuck = '', ...others] = uuids;
    const { relay, published } = relayOn();
    published.refuse([stuck]);

    await relay(100);

    const marked = await events().whereIn('uuid', uuids).whereNotNull('published_at').pluck('uuid');
    expect(marked.sort()).toEqual(others.sort());
    expect(published.keysOn(SEND).filter((key) => uuids.includes(key ?? ''))).toHaveLength(5);
    expect(await secondsUntilDue(stuck)).toBeLessThanOrEqual(1);
  });

  it('republishes unconfirmed events while every unpublished one is of a partition that takes none', async () => {
    const [stuck = ''] = await stored(1);
    const [unconfirmed = ''] = await stored(1, { published_at: new Date(), attempts: 1 });
    const { relay, published } = relayOn();
    published.refuse([stuck]);

    await expect(relay(100)).rejects.toThrow('no leader');

    expect(published.keysOn(SEND)).toContain(unconfirmed);
    published.refuse([]);
    await events().where({ uuid: stuck }).update({ next_attempt_at: PAST() });
    await relay(100);
  });

  it.each([
    [1, 60],
    [4, 480],
    [30, 3600],
  ])('republishes an event that is unconfirmed after %i publications, and waits %i s', async (attempts, seconds) => {
    const [uuid = ''] = await stored(1, { published_at: new Date(), attempts });
    const { relay, published } = relayOn();

    await relay(100);

    const wait = await secondsUntilDue(uuid);
    expect(published.keysOn(SEND)).toContain(uuid);
    expect(wait).toBeGreaterThan(seconds - 5);
    expect(wait).toBeLessThanOrEqual(seconds);
  });

  it('republishes no more unconfirmed events than its budget', async () => {
    const uuids = await stored(10, { published_at: new Date(), attempts: 1 });
    const { relay, published } = relayOn();

    await relay(4);

    expect(published.keysOn(SEND).filter((key) => uuids.includes(key ?? ''))).toHaveLength(4);
    await relay(100);
  });

  it('spends the budget of a run over its rounds, and not on failed publications', async () => {
    const uuids = await stored(6, { published_at: new Date(), attempts: 1 });
    const { startRelay, published } = relayOn();
    const round = startRelay(4);
    published.failWith(new Error('broker away'));
    await expect(round()).rejects.toThrow('broker away');
    await events().whereIn('uuid', uuids).update({ next_attempt_at: PAST() });
    published.failWith(undefined);

    await round();
    await round();

    expect(published.keysOn(SEND).filter((key) => uuids.includes(key ?? ''))).toHaveLength(4);
    await startRelay(100)();
  });

  it.each(['FINISHED', 'FAILED'])('never changes a %s event', async (state) => {
    const [uuid = ''] = await stored(1, { event_state: state });
    const { relay, published } = relayOn();

    await relay(100);

    expect(published.keysOn(SEND)).not.toContain(uuid);
    expect(await events().where({ uuid }).first()).toMatchObject({ event_state: state, attempts: 0 });
  });

  it('does not mark an event that finished while it was published', async () => {
    const [uuid = ''] = await stored(1);
    const publish = async () => {
      await outboxRepository(database.db).finish(new Map([[uuid, null]]));
    };

    await relayOutbox({ database: async () => database.db, publish })(100)();

    expect(await events().where({ uuid }).first()).toMatchObject({ event_state: 'FINISHED', next_attempt_at: null });
  });

  it('does not mark the next generation of an event that was retried while it was published', async () => {
    const [uuid = ''] = await stored(1);
    const publish = async () => {
      await outboxRepository(database.db).fail(uuid, 0, 'refused');
      await outboxRepository(database.db).reopen(uuid);
    };

    await relayOutbox({ database: async () => database.db, publish })(100)();

    expect(await events().where({ uuid }).first()).toMatchObject({ generation: 1, published_at: null, attempts: 0 });
  });

  it('stops when requested', async () => {
    const [uuid = ''] = await stored(1);
    const { relay, published } = relayOn();

    await relay(100, () => false);

    expect(published.on(SEND)).toEqual([]);
    expect(await secondsUntilDue(uuid)).toBeLessThan(0);
  });

  it('publishes the generation and the trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const [uuid = ''] = await stored(1, { generation: 3, traceparent });
    const { relay, published } = relayOn();

    await relay(100);

    const message = published.on(SEND).find(({ key }) => key === uuid);
    expect(message?.headers).toMatchObject({ 'x-generation': '3', traceparent });
  });
});

describe('the inline publish', () => {
  it('marks what the broker takes, and leaves only the events of a partition that takes none to the relay', async () => {
    const made = [testEvent(), testEvent(), testEvent()].map((event) => ({ ...event, traceparent: null }));
    for (const event of made) await outboxRepository(database.db).add(event, 1);
    const [stuck, other, later] = made.map(({ uuid }) => uuid);
    const published = publishedMessages();
    published.refuse([stuck ?? '']);
    const soon = publishSoon({ database: async () => database.db, publish: published.publish });

    await Promise.all(made.slice(0, 2).map(soon));
    await Promise.all(made.slice(2).map(soon));

    expect(published.keysOn(SEND)).toEqual([other, later]);
    const uuids = made.map(({ uuid }) => uuid);
    expect(await events().whereIn('uuid', uuids).whereNull('published_at').pluck('uuid')).toEqual([stuck]);
  });
});
