import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { tableTotals } from '#shared/db/table-total.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import { type DeadLetterRow, deadLetterRepository } from './dead-letter-repository.ts';
import type { DeadLetterPage, DeadLetterView, ListDeadLettersQuery } from './outbox-schemas.ts';

function toView({ recordedAt, ...row }: DeadLetterRow): DeadLetterView {
  return { ...row, recordedAt: recordedAt.toISOString() };
}

/**
 * Returns one page of dead letters, newest first. Sizes over 100 are cut; totals over 10,000 are at most 5 s old.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listDeadLetters(database: () => Promise<Database>) {
  const query = store(database, deadLetterRepository);
  const totalOf = tableTotals<boolean | undefined>(() => performance.now());

  return async ({ event, page, pageSize }: ListDeadLettersQuery): Promise<DeadLetterPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.events);
    const isKnown = event === 'known' ? true : event === 'unknown' ? false : undefined;
    const [rows, totalElements] = await query((letters) =>
      Promise.all([letters.list(isKnown, page * size, size), totalOf(isKnown).get(() => letters.count(isKnown))]),
    );
    return toPage(rows.map(toView), { page, size }, totalElements);
  };
}
