import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { tableTotals } from '#shared/db/table-total.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { traceIdOf } from '#shared/observability/trace-context.ts';
import { toPage } from '#shared/validation/to-page.ts';
import type { EventPage, ListEventsQuery, PipelineEvent } from './event.ts';
import type { EventState } from './event-states.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';
import { type EventRow, outboxRepository } from './outbox-repository.ts';

export function toPipelineEvent(row: EventRow): PipelineEvent {
  return {
    uuid: row.uuid,
    eventState: row.event_state,
    userEmail: row.user_email,
    topic: row.topic,
    attempts: row.attempts,
    reason: row.reason,
    addedAt: row.added_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    processedAt: row.processed_at?.toISOString() ?? null,
    traceId: traceIdOf(row.traceparent),
  };
}

export function eventNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no event with this uuid.');
}

/** One page of events, newest first; sizes over 100 are cut. Totals over 10,000 are at most 5 s old. @throws AppError DEPENDENCY_DOWN */
export function listEvents(database: () => Promise<Database>) {
  const totalOf = tableTotals<EventState | undefined>(() => performance.now());

  return async ({ state: wanted, page, pageSize }: ListEventsQuery): Promise<EventPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE);
    const state = wanted === '' ? undefined : wanted;
    const [rows, totalElements] = await statement(await database(), (db) => {
      const outbox = outboxRepository(db);
      return Promise.all([outbox.list(state, page * size, size), totalOf(state).get(() => outbox.count(state))]);
    });
    return toPage(rows.map(toPipelineEvent), { page, size }, totalElements);
  };
}

/** @throws AppError NOT_FOUND, DEPENDENCY_DOWN */
export function getEvent(database: () => Promise<Database>) {
  return async (uuid: string): Promise<PipelineEvent> => {
    const row = await statement(await database(), (db) => outboxRepository(db).find(uuid));
    if (row === undefined) throw eventNotFound();
    return toPipelineEvent(row);
  };
}
