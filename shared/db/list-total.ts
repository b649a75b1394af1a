import { isTimeLimit } from './database-errors.ts';
import { type SortedList, type SortedListRepository, STRIDE } from './sorted-list.ts';

/** Lists with more rows are not counted on every call. */
export const LARGE_LIST = 10_000;
/** Lists with more rows are counted from their last mark on. */
const EXACT_LIMIT = 1_000_000;

/** Maximum age of a large list's total. From half of it on, a new count starts in the background. */
const MAX_AGE_MS = 5000;
/** How long an estimate replaces a count that ran into its time limit. */
const ESTIMATE_AGE_MS = 60_000;

type Counts = Pick<SortedListRepository, 'lastMark' | 'countAfter' | 'estimate'>;

async function count(rows: Counts, list: SortedList): Promise<number> {
  const mark = await rows.lastMark(list);
  const marked = (mark?.number ?? 0) * STRIDE;
  return marked < EXACT_LIMIT ? rows.countAfter(list, undefined) : marked + (await rows.countAfter(list, mark));
}

/**
 * The number of rows in a list. A small list is counted on every call. The total of a large one is shared and at most 5 s old.
 * Above a million rows it is the number of marked rows plus a count of those after the last mark. If a count exceeds its time
 * limit, the server's estimate replaces it for a minute, so that nothing waits for another such count.
 * @param clock monotonic, in ms
 */
export function listTotal(list: SortedList, clock: () => number) {
  let known: { readonly total: number; readonly at: number; readonly maxAgeMs: number } | undefined;
  let renewing: Promise<number> | undefined;

  const countNow = async (rows: Counts): Promise<number> => {
    const at = clock();
    try {
      known = { total: await count(rows, list), at, maxAgeMs: MAX_AGE_MS };
    } catch (error) {
      if (!isTimeLimit(error)) throw error;
      const total = Math.max(await rows.estimate(list), known?.total ?? 0, LARGE_LIST + 1);
      known = { total, at: clock(), maxAgeMs: ESTIMATE_AGE_MS };
    }
    return known.total;
  };

  const renew = (rows: Counts): Promise<number> => {
    renewing ??= countNow(rows).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  return {
    /** Whether the list is not known to be small. */
    mayBeLarge: (): boolean => known === undefined || known.total > LARGE_LIST,

    /** Stores a total that another query returned; `at` is when that query started. */
    note: (total: number, at: number): void => {
      known = { total, at, maxAgeMs: MAX_AGE_MS };
    },

    /** @throws whatever a count throws, unless a recent total is known */
    async get(rows: Counts): Promise<number> {
      if (known === undefined) await renew(rows);
      if (known === undefined || known.total <= LARGE_LIST) return countNow(rows);
      const age = clock() - known.at;
      if (age > known.maxAgeMs) return renew(rows);
      if (age > known.maxAgeMs / 2) renew(rows).catch(() => undefined);
      return known.total;
    },
  };
}
