import { monotonicMs } from '#shared/async/memoize-for.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import type { Database } from './database.ts';
import { store } from './run.ts';
import { type Mark, type SortedList, STRIDE, sortedListRepository } from './sorted-list.ts';

/** Time per run and list for marks that exist already: one run per minute keeps one connection 3 % busy. */
const RENEWAL_MS = 200;
/** Time per round, so that the first marks of a long list do not delay the round. */
const ROUND_MS = 500;
/** Marks written by one statement. */
const BATCH = 100;

/**
 * Writes down every 500th row of each list, so that no page skips more rows than that and no total of a large list counts all
 * of its rows. A run first marks the rows after the last mark, then renews the oldest marks for a moment, because rows that were
 * inserted or deleted before a mark shift it. Several processes may do so at once.
 * @returns a function that begins a run and returns its round, which returns whether the run is over
 * @throws (the round) AppError DEPENDENCY_DOWN; the run is then over
 */
export function markLists(database: () => Promise<Database>, lists: readonly SortedList[], clock = monotonicMs) {
  const query = store(database, sortedListRepository);

  /** Marks from a mark (undefined: from the start) to the end of the list. Yields after each step. */
  async function* walkFrom(list: SortedList, start: Mark | undefined): AsyncGenerator<void> {
    let at = start;
    let found: Mark[] = [];
    try {
      for (;;) {
        const number: number = (at?.number ?? 0) + 1;
        const position = await query((rows) => rows.positionAfter(list, at, STRIDE));
        if (position === undefined) return await query((rows) => rows.dropMarksFrom(list, number));
        at = { ...position, number };
        found.push(at);
        if (found.length === BATCH) {
          await query((rows) => rows.putMarks(list, found));
          found = [];
        }
        yield;
      }
    } finally {
      await query((rows) => rows.putMarks(list, found));
    }
  }

  async function* markAll(): AsyncGenerator<void> {
    for (const list of lists) {
      yield* walkFrom(list, await query((rows) => rows.lastMark(list)));
      const until = clock() + RENEWAL_MS;
      const oldest = await query((rows) => rows.oldestMark(list));
      if (oldest === undefined) continue;
      const before = await query((rows) => rows.mark(list, oldest - 1));
      for await (const _ of walkFrom(list, before)) {
        if (clock() > until) break;
        yield;
      }
    }
  }

  return () => {
    const steps = markAll();
    return async (shouldContinue: ShouldContinue): Promise<boolean> => {
      const until = clock() + ROUND_MS;
      while (shouldContinue() && clock() <= until) if ((await steps.next()).done === true) return true;
      if (shouldContinue()) return false;
      await steps.return(undefined);
      return true;
    };
  };
}
