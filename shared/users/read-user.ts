import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { UserCache } from './user-cache.ts';
import { userRepository } from './user-repository.ts';
import type { User } from './user-schemas.ts';

export interface ReadUserDependencies {
  database(): Promise<Database>;
  cache: UserCache;
}

/** Every service that finds no user says it in the words of the old API. */
export const userNotFound = (): AppError => new AppError('NOT_FOUND', 'User with this id does not exists!');

/**
 * One user through the cache. Callers that miss at the same moment share one query; what a query read is filled in only if
 * nothing newer is known by then.
 * @throws AppError NOT_FOUND, DEPENDENCY_DOWN
 */
export const readUser = ({ database, cache }: ReadUserDependencies) => {
  const underWay = new Map<number, Promise<User>>();

  const load = async (id: number, epoch: string | undefined): Promise<User> => {
    const stored = await statement(await database(), (db) => userRepository(db).find(id));
    if (stored === undefined) throw userNotFound();
    if (epoch !== undefined) await cache.fill(stored.user, stored.version, epoch);
    return stored.user;
  };

  return async (id: number): Promise<User> => {
    if (!Number.isSafeInteger(id)) throw userNotFound();
    const cached = await cache.read(id);
    if (cached?.hit === true) return cached.value;
    const shared = underWay.get(id);
    if (shared !== undefined) return shared;
    const loading = load(id, cached?.epoch).finally(() => underWay.delete(id));
    underWay.set(id, loading);
    return loading;
  };
};

export type ReadUser = ReturnType<typeof readUser>;
