/** Tables with more rows are not counted on every call. */
export const LARGE_TABLE = 10_000;

/** Maximum age of a large table's total. */
const MAX_AGE_MS = 5000;
/** From this age on, a new count starts in the background. */
const RENEW_AFTER_MS = MAX_AGE_MS / 2;

type Count = () => Promise<number>;

/**
 * The number of rows in a table. A small table is counted on every call. The total of a large one is shared and at most 5 s old,
 * because counting a million rows takes 0.1 s.
 * @param clock monotonic, in ms
 */
export function tableTotal(clock: () => number) {
  let known: { readonly total: number; readonly at: number } | undefined;
  let renewing: Promise<number> | undefined;

  const countNow = async (count: Count): Promise<number> => {
    const at = clock();
    const total = await count();
    known = { total, at };
    return total;
  };

  const renew = (count: Count): Promise<number> => {
    renewing ??= countNow(count).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  return {
    /** Whether the table was large at the last count. */
    isLarge: (): boolean => known !== undefined && known.total > LARGE_TABLE,

    /** Stores a total that another query returned; `at` is when that query started. */
    note: (total: number, at: number): void => {
      known = { total, at };
    },

    /** @throws whatever `count` throws, unless a recent total is known */
    async get(count: Count): Promise<number> {
      if (known === undefined || known.total <= LARGE_TABLE) return countNow(count);
      const age = clock() - known.at;
      if (age > MAX_AGE_MS) return renew(count);
      if (age > RENEW_AFTER_MS) renew(count).catch(() => undefined);
      return known.total;
    },
  };
}

type TableTotal = ReturnType<typeof tableTotal>;

/** Separate totals for each part of a table, such as one state. */
export function tableTotals<Part>(clock: () => number): (part: Part) => TableTotal {
  const totals = new Map<Part, TableTotal>();
  return (part) => {
    const total = totals.get(part) ?? tableTotal(clock);
    totals.set(part, total);
    return total;
  };
}
