import type { SortField } from './user-schemas.ts';

/** Rows between two known positions: what a page's query walks at most. */
const STRIDE = 10_000;
/** How long known positions are used: rows that come and go shift them. */
const MAX_AGE_MS = 5000;

/** A row's place in an order: its value there, and its id. */
export interface Position {
  readonly value: string | number;
  readonly id: number;
}

export interface PositionSource {
  /** The place of the `count`-th row after `position` (undefined: of all), in ascending order; undefined when there are fewer. */
  positionAfter(sortBy: SortField, position: Position | undefined, count: number): Promise<Position | undefined>;
}

/** Where to begin a page: after a row, and how many rows further on. */
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
 * Remembers for a few seconds where every 10,000th row of an order lies, so that no page is further away than that. Made in the
 * background by the first page that would need it.
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

  /** Where the row number `offset` (from 0, ascending) is found; undefined while that is not known. */
  return (source: PositionSource, sortBy: SortField, offset: number): PageStart | undefined => {
    const positions = known.get(sortBy);
    if (positions === undefined || clock() - positions.at > MAX_AGE_MS) {
      known.delete(sortBy);
      // A page is served without it: its failure is nobody's.
      make(source, sortBy).catch(() => undefined);
      return undefined;
    }
    const strides = Math.min(Math.floor(offset / STRIDE), positions.ends.length);
    return { after: positions.ends[strides - 1], offset: offset - strides * STRIDE };
  };
}
