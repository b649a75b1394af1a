import type { Database } from '#shared/db/database.ts';
import { listPages } from '#shared/db/list-page.ts';
import { store } from '#shared/db/run.ts';
import type { SortedList } from '#shared/db/sorted-list.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { traceIdOf } from '#shared/observability/trace-context.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import { EVENT_STATES, type EventState } from './event.ts';
import { type EventRow, outboxRepository } from './outbox-repository.ts';
import type { EventPage, ListEventsQuery, PipelineEvent } from './outbox-schemas.ts';

const NAMES = ['uuid', 'event_state', 'user_email', 'topic', 'attempts', 'reason', 'traceparent'] as const;
const TIMES = ['added_at', 'published_at', 'processed_at'] as const;
const COLUMNS = Object.fromEntries([...NAMES, ...TIMES].map((name) => [name, name]));

/** The columns of an event that leave the system. */
type ListedEvent = Pick<EventRow, (typeof NAMES)[number] | (typeof TIMES)[number]>;

export function toPipelineEvent(row: ListedEvent): PipelineEvent {
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

/** The events of one state, or all. */
export function eventsIn(state?: EventState): SortedList {
  const table = 'outbox_events';
  if (state === undefined) return { name: 'events', table, where: {}, column: 'id' };
  return { name: `events ${state}`, table, where: { event_state: state }, column: 'id' };
}

export const eventLists: readonly SortedList[] = [eventsIn(), ...EVENT_STATES.map(eventsIn)];

/**
 * Returns one page of events, newest first. Sizes over 100 are cut. For large tables see `listPages`.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listEvents(database: () => Promise<Database>) {
  const pages = listPages<ListedEvent>(database);

  return async ({ state: wanted, page, pageSize }: ListEventsQuery): Promise<EventPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.events);
    const list = eventsIn(wanted === '' ? undefined : wanted);
    const request = { direction: 'DESC', offset: page * size, size } as const;
    const [rows, total] = await pages.page(list, COLUMNS, request);
    return toPage(rows.map(toPipelineEvent), { page, size }, total);
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
