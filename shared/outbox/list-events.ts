import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { tableTotals } from '#shared/db/table-total.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { traceIdOf } from '#shared/observability/trace-context.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import type { EventState } from './event.ts';
import { type EventRow, outboxRepository } from './outbox-repository.ts';
import type { EventPage, ListEventsQuery, PipelineEvent } from './outbox-schemas.ts';

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

/**
 * Returns one page of events, newest first. Sizes over 100 are cut; totals over 10,000 are at most 5 s old.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listEvents(database: () => Promise<Database>) {
  const query = store(database, outboxRepository);
  const totalOf = tableTotals<EventState | undefined>(() => performance.now());

  return async ({ state: wanted, page, pageSize }: ListEventsQuery): Promise<EventPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.events);
    const state = wanted === '' ? undefined : wanted;
    const [rows, totalElements] = await query((outbox) =>
      Promise.all([outbox.list(state, page * size, size), totalOf(state).get(() => outbox.count(state))]),
    );
    return toPage(rows.map(toPipelineEvent), { page, size }, totalElements);
  };
}

/** @throws AppError NOT_FOUND, DEPENDENCY_DOWN */
export function getEvent(database: () => Promise<Database>) {
  const outbox = store(database, outboxRepository);
  return async (uuid: string): Promise<PipelineEvent> => {
    const row = await outbox((events) => events.find(uuid));
    if (row === undefined) throw eventNotFound();
    return toPipelineEvent(row);
  };
}
