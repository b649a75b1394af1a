import type { Knex } from 'knex';
import { isLockConflict, isLostConnection, toDatabaseFailure } from './database-errors.ts';
import type { Database } from './database.ts';

const MAX_ATTEMPTS = 4;

const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));

/**
 * Runs a single statement (or several that may each be repeated), once more when the connection turns out to be dead.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError
 */
export const statement = async <T>(database: Database, run: (database: Database) => Promise<T>): Promise<T> => {
  try {
    return await run(database).catch((error: unknown) => {
      if (!isLostConnection(error)) throw error;
      return run(database);
    });
  } catch (error) {
    throw toDatabaseFailure(error);
  }
};

/**
 * Runs a transaction, again after a deadlock or a lock wait. A connection lost before the commit was sent is replaced once;
 * one lost during the commit is not, because its outcome is unknown.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError, whatever `work` throws
 */
export const transaction = async <T>(
  database: Database,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    let committing = false;
    try {
      return await database.transaction(async (trx) => {
        const result = await work(trx);
        committing = true;
        return result;
      });
    } catch (error) {
      const again = isLockConflict(error) || (isLostConnection(error) && !committing && attempt === 1);
      if (!again || attempt >= MAX_ATTEMPTS) throw toDatabaseFailure(error);
      await backOff(attempt);
    }
  }
};
