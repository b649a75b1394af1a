import type { CacheMiss } from '#shared/cache/versioned-cache.ts';
import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { UserCache } from './user-cache.ts';
import { type StoredUser, userRepository } from './user-repository.ts';
import type { User } from './user-schemas.ts';

export interface ReadUserDependencies {
  database(): Promise<Database>;
  cache: UserCache;
}

/** The wording is part of the HTTP contract. */
export function userNotFound(): AppError {
  return new AppError('NOT_FOUND', 'User with this id does not exists!');
}

/**
 * Reads a user through the cache. Concurrent misses share one query, unless the shared query is older than a change that the
 * caller's own cache read has seen. A result is cached only if no newer version is known by then.
 * @throws AppError NOT_FOUND, DEPENDENCY_DOWN
 */
export function readUser({ database, cache }: ReadUserDependencies) {
  const users = store(database, userRepository);
  const inFlight = new Map<number, Promise<StoredUser>>();

  const load = async (id: number): Promise<StoredUser> => {
    const stored = await users((rows) => rows.find(id));
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
    // Without the cache, only a query of its own is certain to see every change made before this call.
    if (cached === undefined) return (await load(id)).user;
    if (cached.hit) return cached.value;
    // A user that the shared query did not find may have been created since it started.
    const query = inFlight.get(id);
    if (query !== undefined) {
      const shared = await query.catch(() => undefined);
      if (shared !== undefined && shared.version >= cached.lowestVersion) return shared.user;
    }
    const loading = loadAndFill(id, cached).finally(() => {
      if (inFlight.get(id) === loading) inFlight.delete(id);
    });
    inFlight.set(id, loading);
    return (await loading).user;
  };
}

export type ReadUser = ReturnType<typeof readUser>;
