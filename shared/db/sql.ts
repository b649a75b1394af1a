import type { Knex } from 'knex';
import type { Executor } from './database.ts';

/** The database's own clock, UTC with milliseconds; every due time and lease is reckoned by it. */
export function now(db: Executor): Knex.Raw {
  return db.raw('UTC_TIMESTAMP(3)');
}

/** Days before now, by the database's clock. */
export function daysAgo(db: Executor, days: number): Knex.Raw {
  return db.raw('UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
}

/** The database's clock plus a number of milliseconds (negative: before now). */
export function nowPlus(db: Executor, ms: number): Knex.Raw {
  return db.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.round(ms) * 1000]);
}

/** How many of the rows that are due first are looked at for the oldest: after an outage there may be millions. */
const LOOKED_AT = 1000;

/** Whole seconds since the earliest time in `column` among the rows of a query that are due first; 0 when there are none. */
export async function oldestSeconds(db: Executor, rows: Knex.QueryBuilder, column: string): Promise<number> {
  const first = rows.select({ since: column }).orderBy('next_attempt_at').limit(LOOKED_AT).as('first');
  const age = db.raw('COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(since), UTC_TIMESTAMP(3)), 0), 0)');
  const row: { seconds?: unknown } | undefined = await db.from(first).select({ seconds: age }).first();
  return Number(row?.seconds ?? 0);
}
