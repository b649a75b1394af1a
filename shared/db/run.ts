import type { Knex } from 'knex';
import { type Effect, effect } from '#shared/runtime/effects.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import type { Database, Executor } from './database.ts';
import { isLockConflict, isLostConnection, isReadOnly, toDatabaseFailure } from './database-errors.ts';

const MAX_ATTEMPTS = 4;
/** A dead or read-only connection fails immediately; a call that has waited longer than this has no time for another attempt. */
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
      const isReconnecting = isLostConnection(error) || isReadOnly(error);
      const again = isLockConflict(error) || (isReconnecting && mayRepeatLost() && count === 1 && isEarly);
      if (!again || count >= MAX_ATTEMPTS) throw toDatabaseFailure(error);
      await backOff(count);
    }
  }
}

/**
 * Runs a repeatable statement: again after a deadlock or a lock wait timeout, and once more on a new connection if the old one
 * is lost or its server became read-only.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError
 */
export function statement<T>(database: Database, run: (database: Database) => Promise<T>): Promise<T> {
  return retrying(
    () => run(database),
    () => true,
  );
}

/** Runs a repeatable statement on a repository. @throws AppError DEPENDENCY_DOWN, DatabaseError */
export interface Store<Repository> {
  /** A query, or upkeep that no crash point needs. */
  <T>(run: (repository: Repository) => Promise<T>): Promise<T>;
  /** An effect of the pipeline. */
  <T>(name: Effect, run: (repository: Repository) => Promise<T>): Promise<T>;
}

/**
 * A repository on a database that is connected at first use; every call is a `statement`.
 * @example
 * const outbox = store(usersDatabase, outboxRepository);
 * const event = await outbox((events) => events.find(uuid));
 * await outbox('finish events', (events) => events.finish(confirmed));
 */
export function store<Repository>(
  connect: () => Promise<Database>,
  repository: (db: Executor) => Repository,
): Store<Repository> {
  type Run<T> = (rows: Repository) => Promise<T>;
  const query = async <T>(run: Run<T>): Promise<T> => statement(await connect(), (db) => run(repository(db)));
  return <T>(...given: [Run<T>] | [Effect, Run<T>]): Promise<T> => {
    if (given.length === 1) return query(given[0]);
    const [name, run] = given;
    return effect(name, () => query(run));
  };
}

/**
 * Runs a transaction, again after a deadlock or a lock wait timeout. It is repeated once on a new connection if the old one is
 * lost, or its server became read-only, before the commit was sent; after that, the outcome is unknown.
 * @throws AppError DEPENDENCY_DOWN, DatabaseError, whatever `work` throws
 */
export function transaction<T>(
  database: Database,
  name: Effect,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  let committing = false;
  const attempt = () =>
    database.transaction(async (trx) => {
      const result = await work(trx);
      committing = true;
      return result;
    });
  return effect(name, () => retrying(attempt, () => !committing));
}

/** Small enough that one statement holds its locks for milliseconds only. */
const PURGE_BATCH = 500;

/**
 * Deletes rows in small batches, one statement each, until none is left or `shouldContinue` returns false.
 * @param deleteSome deletes at most `limit` rows and returns how many it deleted
 * @returns the number of deleted rows
 */
export async function purge(
  deleteSome: (limit: number) => Promise<number>,
  shouldContinue: ShouldContinue,
): Promise<number> {
  let purged = 0;
  while (shouldContinue()) {
    const deleted = await deleteSome(PURGE_BATCH);
    purged += deleted;
    if (deleted < PURGE_BATCH) break;
  }
  return purged;
}
