/** From so many rows on they are not counted for each call. */
export const LARGE_TABLE = 10_000;

/** How old the total of a large table may be. */
const MAX_AGE_MS = 5000;
/** From this age on the next one is counted while the present one is still good. */
const RENEW_AFTER_MS = MAX_AGE_MS / 2;

type Count = () => Promise<number>;

/**
 * How many rows there are: counted for each call while they are few, because that is cheap; for a large table at most 5 s old
 * and counted once for all, because counting a million rows takes the database 0.1 s.
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
    /** Whether the table was large when it was last counted. */
    isLarge: (): boolean => known !== undefined && known.total > LARGE_TABLE,

    /** Remembers a total that came along with something else, asked for at `at`. */
    note: (total: number, at: number): void => {
      known = { total, at };
    },

    /** @throws what `count` throws, unless a total is known that is young enough */
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

/** A total for each part of a table that is listed by itself. */
export function tableTotals<Part>(clock: () => number): (part: Part) => TableTotal {
  const totals = new Map<Part, TableTotal>();
  return (part) => {
    const total = totals.get(part) ?? tableTotal(clock);
    totals.set(part, total);
    return total;
  };
}
