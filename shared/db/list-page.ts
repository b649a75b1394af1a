import { monotonicMs } from '#shared/async/memoize-for.ts';
import { shareRuns } from '#shared/async/share-runs.ts';
import type { Database } from './database.ts';
import { LARGE_LIST, listTotal } from './list-total.ts';
import { store } from './run.ts';
import {
  type Columns,
  type Direction,
  type Mark,
  type SortedList,
  type SortedListRepository,
  STRIDE,
  sortedListRepository,
} from './sorted-list.ts';

export interface PageRequest {
  readonly direction: Direction;
  readonly offset: number;
  readonly size: number;
}

/** The rows of a page, and the number of rows in the list. */
export type RowsAndTotal<Row> = readonly [Row[], number];

function opposite(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}

type MarkUpTo = (list: SortedList, number: number) => Promise<Mark | undefined>;

/** Reads a page from the nearer end of the list, or from a mark if both ends are far. */
async function pageOfLarge<Row>(
  rows: SortedListRepository,
  markUpTo: MarkUpTo,
  list: SortedList,
  columns: Columns,
  { direction, offset, size }: PageRequest,
  total: number,
): Promise<Row[]> {
  const limit = Math.min(size, total - offset);
  if (limit <= 0) return [];
  const fromEnd = total - offset - limit;
  if (Math.min(offset, fromEnd) >= STRIDE) {
    const before = direction === 'ASC' ? offset : fromEnd;
    const mark = await markUpTo(list, Math.floor(before / STRIDE));
    if (mark !== undefined) {
      const start = { after: mark, offset: before - mark.number * STRIDE };
      const page = await rows.page<Row>(list, 'ASC', start, limit, columns);
      return direction === 'ASC' ? page : page.reverse();
    }
  }
  if (offset <= fromEnd) return rows.page(list, direction, { offset }, limit, columns);
  return (await rows.page<Row>(list, opposite(direction), { offset: fromEnd }, limit, columns)).reverse();
}

/** How long a mark that was looked up serves further pages of its stride. */
const MARK_AGE_MS = 5000;

/** Looks marks up once for all pages that start from them. */
function markMemory(clock: () => number) {
  let known = new Map<string, Mark | undefined>();
  let since = clock();
  return (rows: SortedListRepository): MarkUpTo =>
    async (list, number) => {
      if (clock() - since > MARK_AGE_MS) [known, since] = [new Map(), clock()];
      const key = `${list.name} ${number}`;
      const mark = known.get(key) ?? (await rows.mark(list, number));
      known.set(key, mark);
      return mark;
    };
}

/**
 * Returns a function that reads one page of a list. Up to 10,000 rows the answer is of one moment. Of a longer list the total is
 * at most 5 s old, and a page far from both ends is as exact as the marks before it (`markLists`). Concurrent calls for the same
 * page share a query that starts after them.
 * @param clock monotonic, in ms
 */
export function listPages<Row>(database: () => Promise<Database>, clock = monotonicMs) {
  const query = store(database, sortedListRepository);
  const shared = shareRuns<RowsAndTotal<Row>>();
  const marks = markMemory(clock);
  const totals = new Map<string, ReturnType<typeof listTotal>>();
  const totalOf = (list: SortedList): ReturnType<typeof listTotal> => {
    const total = totals.get(list.name) ?? listTotal(list, clock);
    totals.set(list.name, total);
    return total;
  };

  const readPage = async (
    rows: SortedListRepository,
    list: SortedList,
    counted: SortedList,
    columns: Columns,
    request: PageRequest,
  ): Promise<RowsAndTotal<Row>> => {
    const total = totalOf(counted);
    if (request.offset >= LARGE_LIST || total.mayBeLarge()) {
      const found = await total.get(rows);
      if (found > LARGE_LIST) return [await pageOfLarge(rows, marks(rows), list, columns, request, found), found];
      if (request.offset >= found) return [[], found];
    }
    const asked = clock();
    const { direction, offset, size } = request;
    const [page, found] = await rows.pageAndTotal<Row>(list, direction, offset, size, columns);
    if (found === undefined) return [page, await total.get(rows)];
    total.note(found, asked);
    return [page, found];
  };

  return {
    total: (list: SortedList): Promise<number> => query((rows) => totalOf(list).get(rows)),

    /** @param counted a list of the same rows in the order of their ids, which the total is counted from */
    page(list: SortedList, columns: Columns, request: PageRequest, counted = list): Promise<RowsAndTotal<Row>> {
      const { direction, offset, size } = request;
      const read = () => query((rows) => readPage(rows, list, counted, columns, request));
      return shared(`${list.name} ${direction} ${offset} ${size}`, read);
    },
  };
}
