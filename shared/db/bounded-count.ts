import type { Knex } from 'knex';
import type { BoundedCount } from '#shared/validation/bounded-count.ts';
import type { Executor } from './database.ts';

/** Reading as many entries of an index takes some 20 ms. */
const COUNT_LIMIT = 100_000;

/** Counts the rows of a query, but no further than the limit: the query should be answered from an index. */
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
