import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { boundedCount, daysAgo, inRanges, now, nowPlus, oldestSeconds } from '#shared/db/sql.ts';
import type { ReceivedMessage } from '#shared/messages/parse-messages.ts';
import type { Delivery, DeliveryStatus, Postponement, Release } from './delivery.ts';

export interface Lease {
  readonly owner: string;
  readonly ms: number;
}

const MAX_REASON_LENGTH = 500;

export interface DeliveryRow extends Delivery {
  readonly leaseOwner: string | null;
  /** When it was due, before this process claimed it. */
  readonly dueAt: Date | null;
  /** Milliseconds since the first refusal, by the database's clock. */
  readonly refusedForMs: number;
}

const COLUMNS = {
  uuid: 'uuid',
  userEmail: 'user_email',
  generation: 'generation',
  status: 'status',
  leaseOwner: 'lease_owner',
  dueAt: 'next_attempt_at',
  attempts: 'attempts',
  startedBy: 'started_by',
  unknowns: 'unknowns',
  refusedSince: 'refused_since',
  reason: 'reason',
  traceparent: 'traceparent',
  sourcePartition: 'source_partition',
  sourceOffset: 'source_offset',
  eventAddedAt: 'event_added_at',
  sentAt: 'sent_at',
} as const;

function sorted(uuids: Iterable<string>): string[] {
  return [...new Set(uuids)].sort();
}

/** The set in `started_by` with or without a lease owner; repeating the change has no effect. */
const WITH_OWNER =
  "CASE WHEN FIND_IN_SET(?, started_by) THEN started_by ELSE CONCAT_WS(',', NULLIF(started_by, ''), ?) END";
const WITHOUT_OWNER = "TRIM(BOTH ',' FROM REPLACE(CONCAT(',', started_by, ','), CONCAT(',', ?, ','), ','))";

/** In an upsert: the row that exists now holds the lease of the message. Assignments take effect from left to right. */
const IS_MINE = 'email_deliveries.lease_owner = VALUES(lease_owner)';
const IS_CLAIMABLE = `(email_deliveries.status = 'PENDING' AND email_deliveries.started_by = ''
    AND email_deliveries.next_attempt_at <= UTC_TIMESTAMP(3))
  OR (email_deliveries.status = 'FAILED' AND VALUES(generation) > email_deliveries.generation)`;
const IS_REOPENED = `${IS_MINE} AND email_deliveries.status = 'FAILED'`;

type StoredRow = Omit<DeliveryRow, 'startedBy'> & { startedBy: string };

export function deliveryRepository(db: Executor) {
  const deliveries = (): Knex.QueryBuilder => db('email_deliveries');
  const mine = (uuid: string, leaseOwner: string) =>
    deliveries().where({ uuid, status: 'PENDING', lease_owner: leaseOwner });
  /** The end of a delivery, until an operator retries it. Address and lease stay until its result is published. */
  const ended = { settled_at: now(db), lease_owner: null, started_by: '' };
  const published = { next_attempt_at: null, user_email: null, lease_owner: null };
  const ifRow = (condition: string, column: string, value: string) => ({
    [column]: db.raw(`CASE WHEN ${condition} THEN ${value} ELSE email_deliveries.${column} END`),
  });

  const selected = (query: Knex.QueryBuilder): Promise<DeliveryRow[]> =>
    query
      .select(COLUMNS)
      .select({
        refusedForMs: db.raw('COALESCE(TIMESTAMPDIFF(MICROSECOND, refused_since, UTC_TIMESTAMP(3)) DIV 1000, 0)'),
      })
      .then((rows: StoredRow[]) =>
        rows.map((row) => ({
          ...row,
          refusedForMs: Number(row.refusedForMs),
          startedBy: row.startedBy.split(',').filter((owner) => owner !== ''),
        })),
      );

  /** Changes a row under its lease; takes back the start if another worker holds the lease by now. */
  const concluded = async (
    uuid: string,
    owner: string,
    change: Readonly<Record<string, unknown>>,
  ): Promise<boolean> => {
    if ((await mine(uuid, owner).update(change)) === 1) return true;
    const started = deliveries().where({ uuid }).whereRaw('FIND_IN_SET(?, started_by)', [owner]);
    await started.update({ started_by: db.raw(WITHOUT_OWNER, [owner]) });
    return false;
  };

  return {
    /** The age of the oldest event whose mail is neither sent nor refused, 0 if there is none. */
    async oldestUnsentSeconds(): Promise<number> {
      return oldestSeconds(db, deliveries().where({ status: 'PENDING', refused_since: null }), 'event_added_at');
    },

    /** Counts the events whose mail is not sent yet, for whatever reason. */
    async countPending(): Promise<number> {
      return (await boundedCount(db, deliveries().where({ status: 'PENDING' }))).count;
    },

    /**
     * Inserts a leased row for every message without one, and leases the existing rows that may be sent: those that are due and
     * that no process has started, and FAILED ones that the message reopens with a higher generation. Repeating the statement has
     * no effect.
     */
    async takeIn(messages: readonly ReceivedMessage[], lease: Lease): Promise<void> {
      const rows = [...messages]
        .sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
        .map((message) => ({
          uuid: message.uuid,
          user_email: message.userEmail,
          generation: message.generation,
          status: 'PENDING',
          lease_owner: lease.owner,
          next_attempt_at: nowPlus(db, lease.ms),
          started_by: lease.owner,
          traceparent: message.traceparent?.slice(0, 55) ?? null,
          source_partition: message.record.partition,
          source_offset: message.record.offset,
          event_added_at: message.addedAt,
          added_at: now(db),
        }));
      await deliveries()
        .insert(rows)
        .onConflict()
        .merge({
          ...ifRow(IS_CLAIMABLE, 'lease_owner', 'VALUES(lease_owner)'),
          ...ifRow(IS_MINE, 'next_attempt_at', 'VALUES(next_attempt_at)'),
          ...ifRow(IS_REOPENED, 'user_email', 'VALUES(user_email)'),
          ...ifRow(IS_REOPENED, 'attempts', '0'),
          ...ifRow(IS_REOPENED, 'unknowns', '0'),
          ...ifRow(IS_REOPENED, 'refused_since', 'NULL'),
          ...ifRow(IS_REOPENED, 'reason', 'NULL'),
          ...ifRow(IS_REOPENED, 'settled_at', 'NULL'),
          ...ifRow(`${IS_MINE} AND email_deliveries.started_by = ''`, 'started_by', 'VALUES(started_by)'),
          ...ifRow(IS_MINE, 'status', "'PENDING'"),
          ...ifRow(
            "email_deliveries.status = 'PENDING'",
            'generation',
            'GREATEST(email_deliveries.generation, VALUES(generation))',
          ),
        });
    },

    /** The generations of those of the events that have a row, by uuid. */
    async generationsOf(uuids: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (uuids.length === 0) return new Map();
      const rows: Array<Pick<Delivery, 'uuid' | 'generation'>> = await deliveries()
        .select('uuid', 'generation')
        .whereIn('uuid', sorted(uuids));
      return new Map(rows.map(({ uuid, generation }) => [uuid, generation]));
    },

    async findAll(uuids: Iterable<string>): Promise<DeliveryRow[]> {
      return selected(deliveries().whereIn('uuid', sorted(uuids)).orderBy('uuid'));
    },

    /**
     * Locks due deliveries, without `withStarted` only those that no process has started; skips rows locked by another worker.
     * SENT and FAILED ones are due until `markPublished`.
     */
    async lockDue(statuses: readonly DeliveryStatus[], limit: number, withStarted: boolean): Promise<DeliveryRow[]> {
      const due = deliveries().whereIn('status', statuses).where('next_attempt_at', '<=', now(db));
      if (!withStarted) due.where({ started_by: '' });
      return selected(due.orderBy(['status', 'next_attempt_at', 'uuid']).limit(limit).forUpdate().skipLocked());
    },

    /** Leases locked rows and counts a first start; a suspect's starts are counted right before its mail is sent. */
    async claim(uuids: Iterable<string>, lease: Lease): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .update({
          lease_owner: lease.owner,
          next_attempt_at: nowPlus(db, lease.ms),
          started_by: db.raw("CASE WHEN status = 'PENDING' AND started_by = '' THEN ? ELSE started_by END", [
            lease.owner,
          ]),
        });
    },

    /** Counts another start of a suspect; returns false if another worker holds the lease. */
    async countStart(uuid: string, owner: string): Promise<boolean> {
      return (await mine(uuid, owner).update({ started_by: db.raw(WITH_OWNER, [owner, owner]) })) === 1;
    },

    /** Records accepted mails, whichever worker holds the rows now. A published failure is due again: its result is another now. */
    async markSent(uuids: Iterable<string>): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .whereIn('status', ['PENDING', 'FAILED'])
        .update({
          ...ended,
          status: 'SENT',
          sent_at: now(db),
          next_attempt_at: db.raw('COALESCE(next_attempt_at, UTC_TIMESTAMP(3))'),
          reason: null,
        });
    },

    /** Records that the results of ended deliveries are published. */
    async markPublished(uuids: Iterable<string>): Promise<void> {
      await deliveries().whereIn('uuid', sorted(uuids)).whereIn('status', ['SENT', 'FAILED']).update(published);
    },

    /** Returns false if another worker holds the lease, like the two changes below. */
    markFailed: (uuid: string, owner: string, reason: string): Promise<boolean> =>
      concluded(uuid, owner, { ...ended, status: 'FAILED', reason: reason.slice(0, MAX_REASON_LENGTH) }),

    /** Ends a lease and schedules another attempt. */
    postpone: (uuid: string, owner: string, { ms, reason, why }: Postponement): Promise<boolean> =>
      concluded(uuid, owner, {
        lease_owner: null,
        next_attempt_at: nowPlus(db, ms),
        attempts: db.raw('attempts + 1'),
        ...(why === 'refused'
          ? { refused_since: db.raw('COALESCE(refused_since, UTC_TIMESTAMP(3))') }
          : { unknowns: db.raw('unknowns + 1') }),
        started_by: '',
        reason: reason.slice(0, MAX_REASON_LENGTH),
      }),

    /** Ends a lease without counting an attempt. `clearsStarts`: one of the delivery's starts has ended without a death. */
    release: (uuid: string, owner: string, { ms, clearsStarts, reason }: Release): Promise<boolean> =>
      concluded(uuid, owner, {
        lease_owner: null,
        next_attempt_at: nowPlus(db, ms),
        started_by: clearsStarts ? '' : db.raw(WITHOUT_OWNER, [owner]),
        ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON_LENGTH) }),
      }),

    /** Whether a process recorded an accepted mail after `since`. */
    async hasSentSince(since: Date): Promise<boolean> {
      const sent = deliveries().where('settled_at', '>', since).whereNotNull('sent_at');
      return (await sent.first('uuid')) !== undefined;
    },

    /** Ends a person's deliveries without a mail or a result, and erases the address. A mail that is being sent still goes out. */
    async endErased(uuids: readonly string[]): Promise<void> {
      const person = () => deliveries().whereIn('uuid', sorted(uuids));
      const end = { ...ended, ...published, status: 'FAILED', reason: 'Erased' };
      await person().where({ status: 'PENDING' }).update(end);
      await person().update(published);
    },

    /** The uuids of the deliveries of events, or of an address in lower case, that still have the address. */
    async waitingFor(uuids: readonly string[], address: string): Promise<string[]> {
      const waiting = () => deliveries().whereNotNull('user_email');
      const ofEvents: string[] = await waiting().whereIn('uuid', sorted(uuids)).pluck('uuid');
      const row: { last?: unknown } | undefined = await deliveries().max({ last: 'id' }).first();
      const ofAddress = await inRanges<string>(Number(row?.last ?? 0), (range) =>
        waiting().whereBetween('id', range).whereRaw('LOWER(user_email) = ?', [address]).pluck('uuid'),
      );
      return sorted([...ofEvents, ...ofAddress]);
    },

    /** Deletes deliveries that ended more than `days` days ago; returns how many. */
    async purge(days: number, limit: number): Promise<number> {
      return deliveries().where('settled_at', '<', daysAgo(db, days)).limit(limit).delete();
    },
  };
}
