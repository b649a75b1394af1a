import type { Knex } from 'knex';
import { backoffMs } from '#shared/async/waiting.ts';
import { getConfig } from '#shared/config/config.ts';
import type { Executor } from '#shared/db/database.ts';
import { boundedCount, daysAgo, now, nowPlus, oldestSeconds } from '#shared/db/sql.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import type { EventState, NewEvent } from './event.ts';

/** How long to wait for a confirmation after publication n (from 1), in ms. */
export function republishDelayMs(publications: number): number {
  const { RELAY_REPUBLISH_FIRST_MS: firstMs, RELAY_REPUBLISH_LONGEST_MS: longestMs } = getConfig();
  return backoffMs({ firstMs, longestMs }, publications);
}

/** New rows start leased: the inline publish has this long before a relay may claim them. */
const BIRTH_LEASE_MS = 5000;

/** The column's length; dead letters of other systems may have longer reasons. */
const MAX_REASON_LENGTH = 500;

export interface EventRow {
  id: number;
  uuid: string;
  user_email: string | null;
  event_state: EventState;
  topic: string;
  generation: number;
  attempts: number;
  reason: string | null;
  traceparent: string | null;
  added_at: Date;
  published_at: Date | null;
  processed_at: Date | null;
}

/** The event that is published for a row; undefined once its address is erased. */
export function eventOf(row: EventRow): NewEvent | undefined {
  const { uuid, user_email: userEmail, added_at: addedAt, traceparent, generation } = row;
  return userEmail === null ? undefined : { uuid, userEmail, addedAt, traceparent, generation };
}

type PublishedEvent = Pick<EventRow, 'uuid' | 'generation'>;

/** The address after an event has ended: erased if its user was deleted meanwhile. */
const ADDRESS_AT_END = 'CASE WHEN erase_when_done = 1 THEN NULL ELSE user_email END';

function byUuid(uuids: Iterable<string>): string[] {
  return [...new Set(uuids)].sort();
}

export function outboxRepository(db: Executor) {
  const events = (): Knex.QueryBuilder => db('outbox_events');
  const ofUser = async (userId: number): Promise<string[]> =>
    events().where({ user_id: userId }).orderBy('id').pluck('uuid');

  return {
    async add(event: NewEvent, userId: number): Promise<void> {
      await db('outbox_events').insert({
        uuid: event.uuid,
        user_id: userId,
        user_email: event.userEmail,
        event_state: 'PROCESSING',
        topic: EMAIL_SEND,
        traceparent: event.traceparent,
        added_at: event.addedAt,
        next_attempt_at: nowPlus(db, BIRTH_LEASE_MS),
      });
    },

    /**
     * Records the broker's acknowledgement and when the rows are due again without a confirmation; never changes the state.
     * Skips rows that an operator has retried meanwhile: their new generation is not published yet.
     */
    async markPublished(published: readonly PublishedEvent[], publications: number): Promise<void> {
      await events()
        .whereIn('uuid', byUuid(published.map(({ uuid }) => uuid)))
        .whereIn(
          ['uuid', 'generation'],
          published.map(({ uuid, generation }) => [uuid, generation]),
        )
        .where({ event_state: 'PROCESSING' })
        .update({
          published_at: db.raw('COALESCE(published_at, UTC_TIMESTAMP(3))'),
          attempts: publications,
          next_attempt_at: nowPlus(db, republishDelayMs(publications)),
        });
    },

    /** Locks the rows that are due; skips rows locked by another relay. */
    async lockDue(published: boolean, limit: number): Promise<EventRow[]> {
      const due = events().where({ event_state: 'PROCESSING' }).where('next_attempt_at', '<=', now(db));
      const wanted = published ? due.whereNotNull('published_at') : due.whereNull('published_at');
      return wanted.orderBy(['next_attempt_at', 'id']).limit(limit).forUpdate().skipLocked();
    },

    async lease(rows: ReadonlyArray<Pick<EventRow, 'id'>>, ms: number): Promise<void> {
      const ids = rows.map(({ id }) => id);
      await events()
        .whereIn('id', ids)
        .where({ event_state: 'PROCESSING' })
        .update({ next_attempt_at: nowPlus(db, ms) });
    },

    /** Finishes PROCESSING and FAILED events: a late confirmation wins. Returns how many it finished. */
    async finish(confirmed: ReadonlyMap<string, Date | null>): Promise<number> {
      const uuids = byUuid(confirmed.keys());
      const known = uuids.filter((uuid) => confirmed.get(uuid) instanceof Date);
      const branches = known.map(() => 'WHEN ? THEN ?').join(' ');
      const processedAt =
        known.length === 0
          ? now(db)
          : db.raw(
              `CASE uuid ${branches} ELSE UTC_TIMESTAMP(3) END`,
              known.flatMap((uuid) => [uuid, confirmed.get(uuid) ?? null]),
            );
      return events()
        .whereIn('uuid', uuids)
        .whereIn('event_state', ['PROCESSING', 'FAILED'])
        .update({
          event_state: 'FINISHED',
          processed_at: processedAt,
          published_at: db.raw('COALESCE(published_at, UTC_TIMESTAMP(3))'),
          next_attempt_at: null,
          reason: null,
          user_email: db.raw(ADDRESS_AT_END),
        });
    },

    /** Ignores a dead letter of an older generation than the row's. Returns whether the event became FAILED. */
    async fail(uuid: string, generation: number, reason: string): Promise<boolean> {
      const changed = await events()
        .where({ uuid, event_state: 'PROCESSING' })
        .where('generation', '<=', generation)
        .update({
          event_state: 'FAILED',
          processed_at: now(db),
          next_attempt_at: null,
          reason: reason.slice(0, MAX_REASON_LENGTH),
          user_email: db.raw(ADDRESS_AT_END),
        });
      return changed === 1;
    },

    /** FAILED → PROCESSING with the next generation. Returns the updated row, or undefined if it was not FAILED. */
    async reopen(uuid: string): Promise<EventRow | undefined> {
      const changed = await events()
        .where({ uuid, event_state: 'FAILED' })
        .whereNotNull('user_email')
        .update({
          event_state: 'PROCESSING',
          generation: db.raw('generation + 1'),
          attempts: 0,
          published_at: null,
          processed_at: null,
          reason: null,
          next_attempt_at: nowPlus(db, BIRTH_LEASE_MS),
        });
      return changed === 1 ? events().where({ uuid }).first() : undefined;
    },

    ofUser,

    /** Erases the address from the user's ended events and marks the others for erasure; returns the uuids of all. */
    async eraseAddressOf(userId: number): Promise<string[]> {
      const uuids = await ofUser(userId);
      await events()
        .where({ user_id: userId })
        .update({
          erase_when_done: 1,
          user_email: db.raw("CASE WHEN event_state = 'PROCESSING' THEN user_email ELSE NULL END"),
        });
      return uuids;
    },

    /** The largest id, 0 in an empty table. */
    async lastId(): Promise<number> {
      const row: { last?: unknown } | undefined = await events().max({ last: 'id' }).first();
      return Number(row?.last ?? 0);
    },

    /** The events of an address in lower case, among those with ids in a range. */
    async withAddress(
      address: string,
      range: readonly [first: number, last: number],
    ): Promise<Array<{ uuid: string; userId: number | null }>> {
      const some = events().select('uuid', { userId: 'user_id' }).whereBetween('id', range);
      return some.whereRaw('LOWER(user_email) = ?', [address]);
    },

    /** Ends events whatever their state, without their addresses: nothing is sent any more. */
    async endErased(uuids: readonly string[]): Promise<void> {
      const isOpen = "event_state = 'PROCESSING'";
      await events()
        .whereIn('uuid', byUuid(uuids))
        .update({
          reason: db.raw(`CASE WHEN ${isOpen} THEN 'Erased' ELSE reason END`),
          processed_at: db.raw(`CASE WHEN ${isOpen} THEN UTC_TIMESTAMP(3) ELSE processed_at END`),
          // Last of the three: MySQL assigns from left to right.
          event_state: db.raw(`CASE WHEN ${isOpen} THEN 'FAILED' ELSE event_state END`),
          next_attempt_at: null,
          user_email: null,
          erase_when_done: 1,
        });
    },

    /** Locks events and returns those among them whose user was deleted. */
    async lockErased(uuids: readonly string[]): Promise<string[]> {
      if (uuids.length === 0) return [];
      const locked = events()
        .select('uuid', 'erase_when_done')
        .whereIn('uuid', byUuid(uuids))
        .orderBy('uuid')
        .forUpdate();
      const rows: Array<{ uuid: string; erase_when_done: number }> = await locked;
      return rows.filter(({ erase_when_done: isErased }) => isErased === 1).map(({ uuid }) => uuid);
    },

    /** The states of those of the events that exist, by uuid. */
    async statesOf(uuids: readonly string[]): Promise<ReadonlyMap<string, EventState>> {
      if (uuids.length === 0) return new Map();
      const found = events().select('uuid', 'event_state').whereIn('uuid', byUuid(uuids));
      const rows: Array<Pick<EventRow, 'uuid' | 'event_state'>> = await found;
      return new Map(rows.map(({ uuid, event_state }) => [uuid, event_state]));
    },

    /** The state of a user's newest event. */
    async stateOfUser(userId: number): Promise<EventState | undefined> {
      const row: Pick<EventRow, 'event_state'> | undefined = await events()
        .where({ user_id: userId })
        .orderBy('id', 'desc')
        .first('event_state');
      return row?.event_state;
    },

    async find(uuid: string): Promise<EventRow | undefined> {
      return events().where({ uuid }).first();
    },

    /** The age of the oldest event without a broker's acknowledgement, 0 if there is none. */
    async oldestUnpublishedSeconds(): Promise<number> {
      return oldestSeconds(db, events().where({ event_state: 'PROCESSING', published_at: null }), 'added_at');
    },

    /** The age of the oldest event that was published but not confirmed, 0 if there is none. */
    async oldestUnconfirmedSeconds(): Promise<number> {
      const published = events().where({ event_state: 'PROCESSING' }).whereNotNull('published_at');
      return oldestSeconds(db, published, 'added_at');
    },

    /** Counts the events that were published more than `ms` milliseconds ago and not confirmed. */
    async countUnconfirmed(ms: number): Promise<number> {
      const published = events().where({ event_state: 'PROCESSING' }).where('published_at', '<', nowPlus(db, -ms));
      return (await boundedCount(db, published)).count;
    },

    /** Deletes events that ended more than `days` days ago; returns how many. */
    async purge(state: 'FINISHED' | 'FAILED', days: number, limit: number): Promise<number> {
      const old = events().where({ event_state: state }).where('processed_at', '<', daysAgo(db, days));
      return old.limit(limit).delete();
    },
  };
}
