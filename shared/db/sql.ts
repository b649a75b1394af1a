import type { Knex } from 'knex';
import type { Executor } from './database.ts';

/** The database's own clock, UTC with milliseconds; every due time and lease is reckoned by it. */
export const now = (db: Executor): Knex.Raw => db.raw('UTC_TIMESTAMP(3)');

/** Days before now, by the database's clock. */
export const daysAgo = (db: Executor, days: number): Knex.Raw => db.raw('UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);

/** The database's clock plus a number of milliseconds (negative: before now). */
export const nowPlus = (db: Executor, ms: number): Knex.Raw =>
  db.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.round(ms) * 1000]);
