import type { SortField } from './user-schemas.ts';

/** Rows between two known positions, and so the most that a page's query skips. */
const STRIDE = 10_000;
/** Inserted and deleted rows shift the positions. */
const MAX_AGE_MS = 5000;

/** A row's place in a sort order: its value in the sort column and its id. */
export interface Position {
  readonly value: string | number;
  readonly id: number;
}

export interface PositionSource {
  /** The `count`-th row after `position` (undefined: from the start), ascending; undefined when there are fewer rows. */
  positionAfter(sortBy: SortField, position: Position | undefined, count: number): Promise<Position | undefined>;
}

/** Where a page starts: `offset` rows after `after`. */
export interface PageStart {
  readonly after: Position | undefined;
  readonly offset: number;
}

interface Positions {
  /** The last row of each stride. */
  readonly ends: readonly Position[];
  readonly at: number;
}

/**
 * Remembers every 10,000th row of a sort order for a few seconds, so that no page skips more rows than that. The first page
 * that needs the positions starts reading them in the background.
 * @param clock monotonic, in ms
 */
export function userPositions(clock: () => number) {
  const known = new Map<SortField, Positions>();
  const making = new Set<SortField>();

  const make = async (source: PositionSource, sortBy: SortField): Promise<void> => {
    if (making.has(sortBy)) return;
    making.add(sortBy);
    try {
      const at = clock();
      const ends: Position[] = [];
      for (;;) {
        const end = await source.positionAfter(sortBy, ends.at(-1), STRIDE);
        if (end === undefined) break;
        ends.push(end);
      }
      known.set(sortBy, { ends, at });
    } finally {
      making.delete(sortBy);
    }
  };

  /** Where row number `offset` (from 0, ascending) starts; undefined while it is unknown. */
  return (source: PositionSource, sortBy: SortField, offset: number): PageStart | undefined => {
    const positions = known.get(sortBy);
    if (positions === undefined || clock() - positions.at > MAX_AGE_MS) {
      known.delete(sortBy);
      // The page is served without positions, so a failure affects no caller.
      make(source, sortBy).catch(() => undefined);
      return undefined;
    }
    const strides = Math.min(Math.floor(offset / STRIDE), positions.ends.length);
    return { after: positions.ends[strides - 1], offset: offset - strides * STRIDE };
  };
}
