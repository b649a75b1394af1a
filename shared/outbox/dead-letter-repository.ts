import type { Executor } from '#shared/db/database.ts';
import { daysAgo, now } from '#shared/db/sql.ts';

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
  readonly recordedAt: Date;
}

/** Columns of a recorded dead letter. */
export const DEAD_LETTER_COLUMNS = {
  topic: 'topic',
  partition: 'topic_partition',
  offset: 'record_offset',
  eventUuid: 'event_uuid',
  condition: 'failure_condition',
  reason: 'reason',
  record: 'record',
  recordedAt: 'recorded_at',
} as const;

export function eventUuidsOf(letters: readonly Pick<RecordedDeadLetter, 'eventUuid'>[]): string[] {
  return letters.flatMap(({ eventUuid }) => (eventUuid === null ? [] : [eventUuid]));
}

const MAX_RECORD_LENGTH = 8192;

export function deadLetterRepository(db: Executor) {
  return {
    /**
     * Inserts each dead letter once, however often it is delivered.
     * @param known the uuids of our events among those that the letters name
     */
    async add(letters: readonly RecordedDeadLetter[], known: Pick<ReadonlySet<string>, 'has'>): Promise<void> {
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
        is_known: letter.eventUuid !== null && known.has(letter.eventUuid),
      }));
      await db('dead_letters').insert(rows).onConflict().ignore();
    },

    /** Deletes dead letters recorded more than `days` days ago; returns how many. */
    async purge(days: number, limit: number): Promise<number> {
      return db('dead_letters').where('recorded_at', '<', daysAgo(db, days)).limit(limit).delete();
    },

    /** Dead letters with their text, in the order of their ids. */
    async texts(afterId: number, limit: number): Promise<Array<{ id: number; record: string | null; reason: string }>> {
      return db('dead_letters').select('id', 'record', 'reason').where('id', '>', afterId).orderBy('id').limit(limit);
    },

    /** Erases everything that others wrote into a dead letter. */
    async eraseTexts(ids: readonly number[]): Promise<void> {
      if (ids.length === 0) return;
      await db('dead_letters').whereIn('id', ids).update({ record: null, reason: '(erased)' });
    },

    async eraseRecordsOf(eventUuids: readonly string[]): Promise<void> {
      if (eventUuids.length === 0) return;
      await db('dead_letters').whereIn('event_uuid', eventUuids).update({ record: null });
    },
  };
}
