import type { Knex } from 'knex';
import type { BoundedCount } from '#shared/validation/list-schemas.ts';
import type { Executor } from './database.ts';

/**
 * A value of an inserted row. For each of them knex calls lodash's isPlainObject, which assigns to `Symbol.toStringTag`; without a
 * property of its own, that throws inside and captures a stack trace, 0.1 ms a registration.
 */
function value(db: Executor, sql: string, bindings: readonly number[] = []): Knex.Raw {
  return Object.defineProperty(db.raw(sql, bindings), Symbol.toStringTag, { value: 'object', writable: true });
}

/** The database's clock, UTC with milliseconds. Every due time and lease uses it. */
export function now(db: Executor): Knex.Raw {
  return value(db, 'UTC_TIMESTAMP(3)');
}

/** Days before now, by the database's clock. */
export function daysAgo(db: Executor, days: number): Knex.Raw {
  return db.raw('UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
}

/** The database's clock plus a number of milliseconds (negative: before now). */
export function nowPlus(db: Executor, ms: number): Knex.Raw {
  return value(db, 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.round(ms) * 1000]);
}

/** Rows that one statement compares without an index: far below the time limit of a statement. */
const COMPARED_ROWS = 10_000;

/** Reads a table in ranges of ids, up to the id `last`. */
export async function inRanges<T>(
  last: number,
  read: (range: readonly [first: number, last: number]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let first = 1; first <= last; first += COMPARED_ROWS)
    found.push(...(await read([first, first + COMPARED_ROWS - 1])));
  return found;
}

/** Rows examined for the oldest: after an outage there may be millions. */
const EXAMINED_ROWS = 1000;

/** Whole seconds since the earliest time in `column` among the first due rows of a query; 0 if there are none. */
export async function oldestSeconds(db: Executor, rows: Knex.QueryBuilder, column: string): Promise<number> {
  const first = rows.select({ since: column }).orderBy('next_attempt_at').limit(EXAMINED_ROWS).as('first');
  const age = db.raw('COALESCE(GREATEST(TIMESTAMPDIFF(SECOND, MIN(since), UTC_TIMESTAMP(3)), 0), 0)');
  const row: { seconds?: unknown } | undefined = await db.from(first).select({ seconds: age }).first();
  return Number(row?.seconds ?? 0);
}

/** The share of the server's connections that are open, by this application and others. */
export async function connectionsPercent(db: Executor): Promise<number> {
  const [[open]] = await db.raw("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
  const [[most]] = await db.raw('SELECT @@max_connections AS connections');
  return (100 * Number(open?.Value)) / Number(most?.connections);
}

/** Reading this many index entries takes about 20 ms. */
const COUNT_LIMIT = 100_000;

/** Counts the rows of a query up to the limit. The query should be answered from an index. */
export async function boundedCount(
  db: Executor,
  rows: Knex.QueryBuilder,
  limit: number = COUNT_LIMIT,
): Promise<BoundedCount> {
  const some = rows.select(db.raw('1')).limit(limit + 1);
  const result: { total?: unknown } | undefined = await db.from(some.as('some')).count({ total: '*' }).first();
  const total = Number(result?.total ?? 0);
  return { count: Math.min(total, limit), isMore: total > limit };
}
