import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { daysAgo, now, nowPlus, oldestSeconds } from '#shared/db/sql.ts';
import type { EventMessage } from '#shared/messages/event-message.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';

/** A message and its position on the topic. */
export interface InboxMessage extends EventMessage {
  readonly partition: number;
  readonly offset: number;
}

export interface Lease {
  readonly owner: string;
  readonly ms: number;
}

export interface Postponement {
  readonly ms: number;
  readonly reason: string;
  /** True if the server refused the recipient, false if it did not answer. */
  readonly isRefusal: boolean;
}

const MAX_REASON_LENGTH = 500;

/** How long the worker that recorded a result has to publish it before deliver-due does. */
const SETTLE_MS = 10_000;

export interface DeliveryRow extends Delivery {
  readonly leaseOwner: string | null;
  readonly isDue: boolean;
  /** Milliseconds since the first refusal, by the database's clock. */
  readonly refusedForMs: number;
}

const COLUMNS = {
  uuid: 'uuid',
  userEmail: 'user_email',
  generation: 'generation',
  status: 'status',
  leaseOwner: 'lease_owner',
  attempts: 'attempts',
  unfinishedStarts: 'unfinished_starts',
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

export function deliveryRepository(db: Executor) {
  const deliveries = (): Knex.QueryBuilder => db('email_deliveries');
  const settled = { settled_at: now(db), next_attempt_at: null, user_email: null };

  const selected = (query: Knex.QueryBuilder): Promise<DeliveryRow[]> =>
    query
      .select(COLUMNS)
      .select({ isDue: db.raw('next_attempt_at IS NOT NULL AND next_attempt_at <= UTC_TIMESTAMP(3)') })
      .select({
        refusedForMs: db.raw('COALESCE(TIMESTAMPDIFF(MICROSECOND, refused_since, UTC_TIMESTAMP(3)) DIV 1000, 0)'),
      })
      .then((rows: Array<Omit<DeliveryRow, 'isDue'> & { isDue: number }>) =>
        rows.map((row) => ({ ...row, isDue: Number(row.isDue) === 1, refusedForMs: Number(row.refusedForMs) })),
      );

  return {
    /** The age of the oldest event whose mail is neither sent nor refused, 0 if there is none. */
    async oldestUnsentSeconds(): Promise<number> {
      return oldestSeconds(db, deliveries().where({ status: 'PENDING', refused_since: null }), 'event_added_at');
    },

    /** Inserts a claimed row for every message without one; raises the generation of rows that are still pending. */
    async insertClaimed(messages: readonly InboxMessage[], lease: Lease): Promise<void> {
      const rows = [...messages]
        .sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
        .map((message) => ({
          uuid: message.uuid,
          user_email: message.userEmail,
          generation: message.generation,
          status: 'PENDING',
          lease_owner: lease.owner,
          next_attempt_at: nowPlus(db, lease.ms),
          unfinished_starts: 1,
          traceparent: message.traceparent?.slice(0, 55) ?? null,
          source_partition: message.partition,
          source_offset: message.offset,
          event_added_at: message.addedAt,
          added_at: now(db),
        }));
      const generation = db.raw(
        "CASE WHEN email_deliveries.status = 'PENDING' THEN GREATEST(email_deliveries.generation, VALUES(generation)) ELSE email_deliveries.generation END",
      );
      await deliveries().insert(rows).onConflict().merge({ generation });
    },

    /** The events among `uuids` that have a row. */
    async known(uuids: readonly string[]): Promise<Set<string>> {
      const rows: Array<{ uuid: string }> = await deliveries()
        .select('uuid')
        .whereIn('uuid', sorted(uuids))
        .orderBy('uuid');
      return new Set(rows.map(({ uuid }) => uuid));
    },

    async lock(uuids: Iterable<string>): Promise<DeliveryRow[]> {
      return selected(deliveries().whereIn('uuid', sorted(uuids)).orderBy('uuid').forUpdate());
    },

    /**
     * Locks the due rows of one status; skips rows locked by another worker. Also skips rows without an address (a mail that
     * was sent after its failure had been settled): their result is published when their message is delivered again.
     */
    async lockDue(status: DeliveryStatus, limit: number): Promise<DeliveryRow[]> {
      const due = deliveries().where({ status }).where('next_attempt_at', '<=', now(db)).whereNotNull('user_email');
      return selected(due.orderBy(['next_attempt_at', 'uuid']).limit(limit).forUpdate().skipLocked());
    },

    /** Leases pending rows and counts a first start; a suspect's starts are counted right before its mail is sent. */
    async claim(uuids: Iterable<string>, lease: Lease): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .where({ status: 'PENDING' })
        .update({
          lease_owner: lease.owner,
          next_attempt_at: nowPlus(db, lease.ms),
          unfinished_starts: db.raw('CASE WHEN unfinished_starts = 0 THEN 1 ELSE unfinished_starts END'),
        });
    },

    /** FAILED → PENDING for a higher generation, with the address from the operator's message. */
    async reopen(message: EventMessage, lease: Lease): Promise<void> {
      await deliveries()
        .where({ uuid: message.uuid, status: 'FAILED' })
        .update({
          status: 'PENDING',
          user_email: message.userEmail,
          generation: message.generation,
          lease_owner: lease.owner,
          next_attempt_at: nowPlus(db, lease.ms),
          attempts: 0,
          unfinished_starts: 1,
          refused_since: null,
          reason: null,
          settled_at: null,
        });
    },

    /** Counts another start of a suspect; returns false if another worker holds the lease. */
    async countStart(uuid: string, leaseOwner: string): Promise<boolean> {
      const changed = await deliveries()
        .where({ uuid, status: 'PENDING', lease_owner: leaseOwner })
        .update({ unfinished_starts: db.raw('unfinished_starts + 1') });
      return changed === 1;
    },

    /** Records accepted mails, whichever worker holds the rows now. deliver-due confirms them after `settleMs` unless a worker has done so. */
    async markSent(uuids: Iterable<string>, settleMs: number = SETTLE_MS): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .whereIn('status', ['PENDING', 'FAILED'])
        .update({
          status: 'SENT',
          sent_at: now(db),
          reason: null,
          lease_owner: null,
          unfinished_starts: 0,
          next_attempt_at: nowPlus(db, settleMs),
          settled_at: null,
        });
    },

    async markFailed(uuid: string, leaseOwner: string, reason: string): Promise<boolean> {
      const changed = await deliveries()
        .where({ uuid, status: 'PENDING', lease_owner: leaseOwner })
        .update({
          status: 'FAILED',
          reason: reason.slice(0, MAX_REASON_LENGTH),
          lease_owner: null,
          unfinished_starts: 0,
          next_attempt_at: nowPlus(db, SETTLE_MS),
        });
      return changed === 1;
    },

    /** Schedules another attempt; a refusal starts the time after which the delivery fails. */
    async postpone(uuid: string, leaseOwner: string, { ms, reason, isRefusal }: Postponement): Promise<void> {
      await deliveries()
        .where({ uuid, status: 'PENDING', lease_owner: leaseOwner })
        .update({
          lease_owner: null,
          next_attempt_at: nowPlus(db, ms),
          attempts: db.raw('attempts + 1'),
          ...(isRefusal ? { refused_since: db.raw('COALESCE(refused_since, UTC_TIMESTAMP(3))') } : {}),
          unfinished_starts: 0,
          reason: reason.slice(0, MAX_REASON_LENGTH),
        });
    },

    /** Ends a lease without counting an attempt; the rows are due again after `ms`. */
    async release(uuids: Iterable<string>, leaseOwner: string, ms: number, resetsStarts: boolean): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .where({ status: 'PENDING', lease_owner: leaseOwner })
        .update({
          lease_owner: null,
          next_attempt_at: nowPlus(db, ms),
          ...(resetsStarts ? { unfinished_starts: 0 } : {}),
        });
    },

    /** Locks the pending rows that these owners hold; skips rows locked by another worker. */
    async lockHeldBy(owners: readonly string[]): Promise<string[]> {
      const rows: Array<{ uuid: string }> = await deliveries()
        .select('uuid')
        .where({ status: 'PENDING' })
        .where('next_attempt_at', '>', now(db))
        .whereIn('lease_owner', owners)
        .forUpdate()
        .skipLocked();
      return rows.map(({ uuid }) => uuid);
    },

    /** Ends leases under which no send started, and resets the first start that they counted. */
    async free(uuids: Iterable<string>): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .where({ status: 'PENDING' })
        .update({
          lease_owner: null,
          next_attempt_at: now(db),
          unfinished_starts: db.raw('CASE WHEN unfinished_starts = 1 THEN 0 ELSE unfinished_starts END'),
        });
    },

    /** Leases results that are about to be published again. */
    async leaseResults(uuids: Iterable<string>): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(uuids))
        .whereIn('status', ['SENT', 'FAILED'])
        .update({ next_attempt_at: nowPlus(db, SETTLE_MS) });
    },

    /** Deletes deliveries that were settled more than `days` days ago; returns how many. */
    async purge(days: number, limit: number): Promise<number> {
      return deliveries().where('settled_at', '<', daysAgo(db, days)).limit(limit).delete();
    },

    /** Settles deliveries whose confirmation was published, and erases their address. */
    async settleSent(uuids: Iterable<string>): Promise<void> {
      await deliveries().whereIn('uuid', sorted(uuids)).where({ status: 'SENT' }).update(settled);
    },

    /** Settles deliveries whose dead letter was published, unless a retry has failed again with a newer generation. */
    async settleFailed(buried: ReadonlyArray<Pick<Delivery, 'uuid' | 'generation'>>): Promise<void> {
      await deliveries()
        .whereIn('uuid', sorted(buried.map(({ uuid }) => uuid)))
        .whereIn(
          ['uuid', 'generation'],
          buried.map(({ uuid, generation }) => [uuid, generation]),
        )
        .where({ status: 'FAILED' })
        .update(settled);
    },
  };
}
