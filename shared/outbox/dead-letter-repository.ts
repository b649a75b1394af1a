import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { daysAgo, now } from '#shared/db/sql.ts';
import type { EventState } from './event.ts';

export interface RecordedDeadLetter {
  /** Topic, partition and offset of the dead letter itself. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventUuid: string | null;
  readonly condition: string;
  readonly reason: string;
  /** The value of the failed record, cut to the column's length. */
  readonly record: string | null;
}

export interface DeadLetterRow extends RecordedDeadLetter {
  /** null for an event unknown to this system. */
  readonly eventState: EventState | null;
  readonly recordedAt: Date;
}

const COLUMNS = {
  topic: 'l.topic',
  partition: 'l.topic_partition',
  offset: 'l.record_offset',
  eventUuid: 'l.event_uuid',
  eventState: 'e.event_state',
  condition: 'l.failure_condition',
  reason: 'l.reason',
  record: 'l.record',
  recordedAt: 'l.recorded_at',
} as const;

const MAX_RECORD_LENGTH = 8192;

export function deadLetterRepository(db: Executor) {
  /** Dead letters joined with their events: all, only those with a known event, or only those without. */
  const withEvents = (isKnown: boolean | undefined): Knex.QueryBuilder => {
    const all = db({ l: 'dead_letters' }).leftJoin({ e: 'outbox_events' }, 'e.uuid', 'l.event_uuid');
    if (isKnown === undefined) return all;
    return isKnown ? all.whereNotNull('e.id') : all.whereNull('e.id');
  };

  return {
    /** Inserts each dead letter once, however often it is delivered. */
    async add(letters: readonly RecordedDeadLetter[]): Promise<void> {
      if (letters.length === 0) return;
      const rows = letters.map((letter) => ({
        topic: letter.topic,
        topic_partition: letter.partition,
        record_offset: letter.offset,
        event_uuid: letter.eventUuid,
        failure_condition: letter.condition.slice(0, 64),
        reason: letter.reason.slice(0, 500),
        record: letter.record?.slice(0, MAX_RECORD_LENGTH) ?? null,
        recorded_at: now(db),
      }));
      await db('dead_letters').insert(rows).onConflict().ignore();
    },

    /** Deletes dead letters recorded more than `days` days ago; returns how many. */
    async purge(days: number, limit: number): Promise<number> {
      return db('dead_letters').where('recorded_at', '<', daysAgo(db, days)).limit(limit).delete();
    },

    async eraseRecordsOf(eventUuids: readonly string[]): Promise<void> {
      if (eventUuids.length === 0) return;
      await db('dead_letters').whereIn('event_uuid', eventUuids).update({ record: null });
    },

    async list(isKnown: boolean | undefined, offset: number, limit: number): Promise<DeadLetterRow[]> {
      return withEvents(isKnown).select(COLUMNS).orderBy('l.id', 'desc').limit(limit).offset(offset);
    },

    async count(isKnown: boolean | undefined): Promise<number> {
      const row = await withEvents(isKnown).count({ total: '*' }).first();
      return Number(row?.total ?? 0);
    },
  };
}
