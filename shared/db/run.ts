import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { isLockConflict, isLostConnection, toDatabaseFailure } from './database-errors.ts';

const MAX_ATTEMPTS = 4;
/** A dead connection shows at once; a call that has waited longer than this has no time left for another. */
const REPEAT_WITHIN_MS = 300;

function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
}

async function retrying<T>(attempt: () => Promise<T>, mayRepeatLost: () => boolean): Promise<T> {
  const started = performance.now();
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isEarly = performance.now() - started < REPEAT_WITHIN_MS;
      const again = isLockConflict(error) || (isLostConnection(error) && mayRepeatLost() && count === 1 && isEarly);
      if (!again || count >= MAX_ATTEMPTS) throw toDatabaseFailure(error);
      await backOff(count);
    }
  }
}

/**
 * Runs a statement that may be repeated: again after a deadlock or a lock wait, once more when the connection turns out to
 * be dead.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError
 */
export function statement<T>(database: Database, run: (database: Database) => Promise<T>): Promise<T> {
  return retrying(
    () => run(database),
    () => true,
  );
}

/**
 * Runs a transaction, again after a deadlock or a lock wait. A connection lost before the commit was sent is replaced once;
 * one lost during the commit is not, because its outcome is unknown.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError, whatever `work` throws
 */
export function transaction<T>(database: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  let committing = false;
  return retrying(
    () =>
      database.transaction(async (trx) => {
        const result = await work(trx);
        committing = true;
        return result;
      }),
    () => !committing,
  );
}
