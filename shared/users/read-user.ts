import type { CacheMiss } from '#shared/cache/versioned-cache.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { UserCache } from './user-cache.ts';
import { type StoredUser, userRepository } from './user-repository.ts';
import type { User } from './user-schemas.ts';

export interface ReadUserDependencies {
  database(): Promise<Database>;
  cache: UserCache;
}

/** Every service that finds no user says it in the words of the old API. */
export function userNotFound(): AppError {
  return new AppError('NOT_FOUND', 'User with this id does not exists!');
}

/**
 * One user through the cache. Callers that miss at the same moment share one query, except one that knows of a change which
 * that query began too early to see; what a query read is filled in only if nothing newer is known by then.
 * @throws AppError NOT_FOUND, DEPENDENCY_DOWN
 */
export function readUser({ database, cache }: ReadUserDependencies) {
  const underWay = new Map<number, Promise<StoredUser>>();

  const load = async (id: number): Promise<StoredUser> => {
    const stored = await statement(await database(), (db) => userRepository(db).find(id));
    if (stored === undefined) throw userNotFound();
    return stored;
  };

  const loadAndFill = async (id: number, { epoch }: CacheMiss): Promise<StoredUser> => {
    const stored = await load(id);
    await cache.fill(stored.user, stored.version, epoch);
    return stored;
  };

  return async (id: number): Promise<User> => {
    if (!Number.isSafeInteger(id)) throw userNotFound();
    const cached = await cache.read(id);
    // Without the cache's word on what was changed before this call, no query but its own is late enough.
    if (cached === undefined) return (await load(id)).user;
    if (cached.hit) return cached.value;
    // What somebody else's query did not find may have been created since it began.
    const query = underWay.get(id);
    if (query !== undefined) {
      const shared = await query.catch(() => undefined);
      if (shared !== undefined && shared.version >= cached.lowestVersion) return shared.user;
    }
    const loading = loadAndFill(id, cached).finally(() => {
      if (underWay.get(id) === loading) underWay.delete(id);
    });
    underWay.set(id, loading);
    return (await loading).user;
  };
}

export type ReadUser = ReturnType<typeof readUser>;
