import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { tableTotals } from '#shared/db/table-total.ts';
import { toPage } from '#shared/validation/to-page.ts';
import type { DeadLetterPage, DeadLetterView, ListDeadLettersQuery } from './dead-letter.ts';
import { type DeadLetterRow, deadLetterRepository } from './dead-letter-repository.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';

function toView({ recordedAt, ...row }: DeadLetterRow): DeadLetterView {
  return {
    ...row,
    recordedAt: recordedAt.toISOString(),
  };
}

/** One page of dead letters, newest first; sizes over 100 are cut. Totals over 10,000 are at most 5 s old. @throws AppError DEPENDENCY_DOWN */
export function listDeadLetters(database: () => Promise<Database>) {
  const totalOf = tableTotals<boolean | undefined>(() => performance.now());

  return async ({ event, page, pageSize }: ListDeadLettersQuery): Promise<DeadLetterPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE);
    const isKnown = event === 'known' ? true : event === 'unknown' ? false : undefined;
    const [rows, totalElements] = await statement(await database(), (db) => {
      const letters = deadLetterRepository(db);
      const total = totalOf(isKnown).get(() => letters.count(isKnown));
      return Promise.all([letters.list(isKnown, page * size, size), total]);
    });
    return toPage(rows.map(toView), { page, size }, totalElements);
  };
}
