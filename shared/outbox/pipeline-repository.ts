import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { boundedCount } from '#shared/db/sql.ts';
import type { BoundedCount } from '#shared/validation/list-schemas.ts';
import { EVENT_STATES } from './event.ts';
import { BUCKET_GROWTH, type Histogram } from './histogram.ts';

/** A range of whole minutes. */
export interface Span {
  /** The start of a minute. */
  readonly from: Date;
  readonly until: Date;
}

/** By minute, counted from the start of the span. */
export type PerMinute<T> = ReadonlyMap<number, T>;

interface MinuteRow {
  readonly minute: number;
  readonly total: number;
}

/** The dashboard's queries on outbox_events. Each is answered from one index. */
export function pipelineRepository(db: Executor) {
  const events = (): Knex.QueryBuilder => db('outbox_events');
  const minuteOf = (column: string, { from }: Span): Knex.Raw => db.raw('TIMESTAMPDIFF(MINUTE, ?, ??)', [from, column]);
  const within = (query: Knex.QueryBuilder, column: string, { from, until }: Span): Knex.QueryBuilder =>
    query.where(column, '>=', from).where(column, '<', until);

  const perMinute = async (query: Knex.QueryBuilder, column: string, span: Span): Promise<PerMinute<number>> => {
    const rows: MinuteRow[] = await within(query, column, span)
      .select({ minute: minuteOf(column, span) })
      .count({ total: '*' })
      .groupBy('minute');
    return new Map(rows.map(({ minute, total }) => [Number(minute), Number(total)]));
  };

  return {
    countUnpublished: (): Promise<BoundedCount> =>
      boundedCount(db, events().where({ event_state: 'PROCESSING' }).whereNull('published_at')),

    async oldestUnfinished(): Promise<Date | null> {
      const row: { added_at: Date } | undefined = await events()
        .select('added_at')
        .where({ event_state: 'PROCESSING' })
        .orderBy('added_at')
        .first();
      return row?.added_at ?? null;
    },

    // Names every state so that MySQL can use the index that starts with it.
    registeredIn: (span: Span) => perMinute(events().whereIn('event_state', [...EVENT_STATES]), 'added_at', span),

    failedIn: (span: Span) => perMinute(events().where({ event_state: 'FAILED' }), 'processed_at', span),

    /** Processing times of FINISHED events, by the minute in which they finished. */
    async latenciesIn(span: Span): Promise<PerMinute<Histogram>> {
      const ms = 'GREATEST(TIMESTAMPDIFF(MICROSECOND, added_at, processed_at) / 1000, 1)';
      const rows: Array<MinuteRow & { readonly bucket: number }> = await within(
        events().where({ event_state: 'FINISHED' }),
        'processed_at',
        span,
      )
        .select({
          minute: minuteOf('processed_at', span),
          bucket: db.raw(`ROUND(LN(${ms}) / LN(?))`, [BUCKET_GROWTH]),
        })
        .count({ total: '*' })
        .groupBy('minute', 'bucket');
      const found = new Map<number, Map<number, number>>();
      for (const { minute, bucket, total } of rows) {
        const histogram = found.get(Number(minute)) ?? new Map<number, number>();
        found.set(Number(minute), histogram.set(Number(bucket), Number(total)));
      }
      return found;
    },
  };
}
