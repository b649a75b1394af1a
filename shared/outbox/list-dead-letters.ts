import type { Database } from '#shared/db/database.ts';
import { listPages } from '#shared/db/list-page.ts';
import { store } from '#shared/db/run.ts';
import type { SortedList } from '#shared/db/sorted-list.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import { DEAD_LETTER_COLUMNS, type DeadLetterRow, eventUuidsOf } from './dead-letter-repository.ts';
import type { EventState } from './event.ts';
import { outboxRepository } from './outbox-repository.ts';
import type { DeadLetterPage, DeadLetterView, ListDeadLettersQuery } from './outbox-schemas.ts';

function toView({ recordedAt, ...row }: DeadLetterRow, states: ReadonlyMap<string, EventState>): DeadLetterView {
  return { ...row, eventState: states.get(row.eventUuid ?? '') ?? null, recordedAt: recordedAt.toISOString() };
}

const table = 'dead_letters';

const LISTS: Readonly<Record<'all' | 'known' | 'unknown', SortedList>> = {
  all: { name: 'dead letters', table, where: {}, column: 'id' },
  known: { name: 'dead letters of events', table, where: { is_known: 1 }, column: 'id' },
  unknown: { name: 'dead letters of no event', table, where: { is_known: 0 }, column: 'id' },
};

export const deadLetterLists: readonly SortedList[] = Object.values(LISTS);

/**
 * Returns one page of dead letters, newest first. Sizes over 100 are cut. For large tables see `listPages`.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listDeadLetters(database: () => Promise<Database>) {
  const pages = listPages<DeadLetterRow>(database);
  const outbox = store(database, outboxRepository);

  return async ({ event, page, pageSize }: ListDeadLettersQuery): Promise<DeadLetterPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.events);
    const request = { direction: 'DESC', offset: page * size, size } as const;
    const [rows, total] = await pages.page(LISTS[event || 'all'], DEAD_LETTER_COLUMNS, request);
    const states = await outbox((events) => events.statesOf(eventUuidsOf(rows)));
    return toPage(
      rows.map((row) => toView(row, states)),
      { page, size },
      total,
    );
  };
}
