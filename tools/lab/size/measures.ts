import { randomInt, randomUUID } from 'node:crypto';
import type { Database } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { listDeadLetters } from '#shared/outbox/list-dead-letters.ts';
import { getEvent, listEvents } from '#shared/outbox/list-events.ts';
import { observePipeline } from '#shared/outbox/observe-pipeline.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { listUsers } from '#shared/users/list-users.ts';
import { registerUser } from '#shared/users/register-user.ts';
import { userRepository } from '#shared/users/user-repository.ts';
import { uuidOf } from './seed.ts';

const CALLS = 100;
const POSTS = 400;
const AT_ONCE = 16;
const DUE = 500;
const WRITTEN = 4000;
const KEEP_DAYS = 30;
/** Confirmations that come in one batch. */
const CONFIRMED = 100;

export interface Measure {
  /** How often it is measured per round. */
  readonly times: number;
  /** Returns ms; Infinity if it failed. */
  once(): Promise<number>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  try {
    await work();
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  return performance.now() - started;
}

function calls(times: number, call: () => Promise<unknown>): Measure {
  return { times, once: () => timed(call) };
}

/** So many calls, `AT_ONCE` of them at a time. Returns the median time of one. */
async function atOnce(count: number, call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const caller = async (): Promise<void> => {
    for (let index = 0; index < count / AT_ONCE; index += 1) times.push(await timed(call));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Page numbers by their place. The middle differs from call to call, so that it begins at any distance from a mark. */
const PLACES: Readonly<Record<string, (pages: number) => number>> = {
  first: () => 0,
  middle: (pages) => Math.floor(pages / 2 - randomInt(Math.min(50, Math.ceil(pages / 4)))),
  last: (pages) => pages - 1,
};

/** Reads pages as a process does that has answered before. */
function pagesOf(
  name: string,
  list: (page: number) => Promise<{ readonly totalPages: number }>,
): Array<[string, Measure]> {
  let pages = 0;
  return Object.entries(PLACES).map(([place, pageOf]) => [
    `${name}, ${place} page`,
    {
      times: CALLS,
      async once() {
        if (pages === 0)
          pages = await list(0).then(
            ({ totalPages }) => totalPages,
            () => 0,
          );
        return timed(() => list(Math.max(0, pageOf(pages))));
      },
    },
  ]);
}

/** Everything whose cost could depend on the number of rows, on one database. */
export function measuresOn(db: Database, rows: number): ReadonlyMap<string, Measure> {
  const database = async (): Promise<Database> => db;
  const outbox = outboxRepository(db);
  const register = registerUser({
    database,
    hashPassword: async () => 'x'.repeat(97),
    publishSoon: async () => undefined,
  });
  const post = () => {
    const email = `${randomUUID().slice(0, 20)}@b.io`;
    return register({ name: 'Load', lastname: 'Test', email, password: 'correct-horse-1' });
  };
  const newEvent = () => ({
    uuid: randomUUID(),
    userEmail: 'a@b.io',
    addedAt: new Date(),
    traceparent: null,
    generation: 0,
  });
  const finishAll = async (): Promise<void> => {
    const unfinished = () => db('outbox_events').where({ event_state: 'PROCESSING' }).limit(CONFIRMED).pluck('uuid');
    for (let uuids = await unfinished(); uuids.length > 0; uuids = await unfinished())
      await outbox.finish(new Map(uuids.map((uuid: string) => [uuid, null])));
  };

  const usersBy = (sortBy: 'id' | 'name' | 'lastname' | 'email'): Array<[string, Measure]> => {
    const list = listUsers(database);
    return pagesOf(`users by ${sortBy}`, (page) => list({ page, pageSize: 20, sortBy, sortDirection: 'ASC' }));
  };
  const eventsIn = (state: '' | 'FINISHED'): Array<[string, Measure]> => {
    const list = listEvents(database);
    return pagesOf(`events${state && ` ${state}`}`, (page) => list({ page, pageSize: 20, state }));
  };
  const deadLettersOf = (event: '' | 'known' | 'unknown'): Array<[string, Measure]> => {
    const list = listDeadLetters(database);
    return pagesOf(`dead letters${event && ` (${event})`}`, (page) => list({ page, pageSize: 20, event }));
  };

  /** The observer's clock goes on by a second with each call, so that none is answered from memory. */
  let elapsedMs = 0;
  const observe = observePipeline(database, Date.now, () => elapsedMs);
  const pipeline = () => {
    elapsedMs += 1001;
    return observe();
  };
  const relay = async (): Promise<number> => {
    await finishAll();
    for (let index = 0; index < DUE; index += 1) await outbox.add(newEvent(), 1);
    await db('outbox_events')
      .where({ event_state: 'PROCESSING' })
      .update({ next_attempt_at: new Date(0) });
    const time = await timed(relayOutbox({ database, publish: async () => undefined })(0));
    await finishAll();
    return time;
  };

  /** Written as the pipeline does: one transaction each, marked in small groups, finished in batches. */
  const write = async (): Promise<number> => {
    const written: ReturnType<typeof newEvent>[] = [];
    const time = await timed(async () => {
      await atOnce(WRITTEN, async () => {
        const event = newEvent();
        await transaction(db, 'register user', (trx) => outboxRepository(trx).add(event, 1));
        written.push(event);
      });
      for (let first = 0; first < WRITTEN; first += AT_ONCE / 2)
        await outbox.markPublished(written.slice(first, first + AT_ONCE / 2), 1);
      for (let first = 0; first < WRITTEN; first += CONFIRMED)
        await outbox.finish(new Map(written.slice(first, first + CONFIRMED).map(({ uuid }) => [uuid, null])));
    });
    // A small table has no day to purge.
    const old = await db('outbox_events').where({ event_state: 'FINISHED' }).min({ at: 'processed_at' }).first();
    const isOld = Number(old?.['at']) < Date.now() - (KEEP_DAYS + 0.5) * 86_400_000;
    if (!isOld || rows < WRITTEN * 100)
      await db('outbox_events')
        .whereIn(
          'uuid',
          written.map(({ uuid }) => uuid),
        )
        .update({ processed_at: new Date(Date.now() - (KEEP_DAYS + 1) * 86_400_000) });
    return time;
  };
  const purge = (): Promise<number> =>
    timed(async () => {
      for (let purged = 0; purged < WRITTEN; ) purged += (await outbox.purge('FINISHED', KEEP_DAYS, 500)) || WRITTEN;
    });

  return new Map<string, Measure>([
    ...(['id', 'name', 'lastname', 'email'] as const).flatMap(usersBy),
    ['one user', calls(CALLS, () => userRepository(db).find(randomInt(1, rows + 1)))],
    ...(['', 'FINISHED'] as const).flatMap(eventsIn),
    ['one event', calls(CALLS, () => getEvent(database)(uuidOf(randomInt(Math.ceil(rows / 2), rows + 1))))],
    ...(['', 'known', 'unknown'] as const).flatMap(deadLettersOf),
    ['pipeline', calls(CALLS, pipeline)],
    ['registration', calls(CALLS, post)],
    [`registration, ${AT_ONCE} at once`, { times: 1, once: () => atOnce(POSTS, post) }],
    [`relay of ${DUE} events`, { times: 3, once: relay }],
    ['1,000 events written', { times: 1, once: async () => ((await write()) / WRITTEN) * 1000 }],
    ['1,000 events purged', { times: 1, once: async () => ((await purge()) / WRITTEN) * 1000 }],
  ]);
}
