import type { Database } from '#shared/db/database.ts';
import { store, transaction } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import { invalidateUser } from './invalidate-user.ts';
import type { PasswordFailures } from './password-failures.ts';
import { userNotFound } from './read-user.ts';
import type { UserCache } from './user-cache.ts';
import { type StoredUser, type UserChanges, userRepository } from './user-repository.ts';
import type { UpdateUserBody, User } from './user-schemas.ts';

export interface UpdateUserDependencies {
  database(): Promise<Database>;
  cache: UserCache;
  hashPassword(password: string): Promise<string>;
  verifyPassword(passwordHash: string, password: string): Promise<boolean>;
  failures: PasswordFailures;
  /** Counts a change of the address. @throws AppError RATE_LIMITED */
  limitAddressChanges(userId: number): Promise<unknown>;
}

export interface UpdateCall {
  /** The password was not checked: the user must wait, or the failures cannot be counted. */
  unchecked(): Promise<void>;
  /** These credentials have new values. */
  changed(credentials: readonly string[]): void;
}

/** The fields of the body that differ from the stored user. */
export function changedFields(stored: User, body: UpdateUserBody): UserChanges {
  const changes: Record<string, string> = {};
  for (const field of ['name', 'lastname', 'email'] as const) {
    const wanted = body[field];
    if (typeof wanted === 'string' && wanted !== stored[field]) changes[field] = wanted;
  }
  return changes;
}

function withChanges({ user }: StoredUser, { passwordHash: _secret, ...fields }: UserChanges): User {
  return { ...user, ...fields };
}

/**
 * Updates a user after checking the old password. Of two updates that read the same version, one gets CONFLICT.
 * @throws AppError NOT_FOUND, INVALID_CREDENTIALS, EMAIL_TAKEN, CONFLICT, RATE_LIMITED, DEPENDENCY_DOWN
 */
export function updateUser(dependencies: UpdateUserDependencies) {
  const { database, cache, hashPassword, verifyPassword, failures, limitAddressChanges } = dependencies;
  const users = store(database, userRepository);
  return async (id: number, body: UpdateUserBody, call?: UpdateCall): Promise<User> => {
    if (!Number.isSafeInteger(id)) throw userNotFound();
    const stored = await users((rows) => rows.find(id));
    if (stored === undefined) throw userNotFound();
    await failures.enter(id).catch(async (error: unknown) => {
      await call?.unchecked();
      throw error;
    });
    if (!(await verifyPassword(stored.passwordHash, body.oldPassword))) {
      reportMetric('WrongCredentials', 1);
      throw new AppError('INVALID_CREDENTIALS', 'The old password is not right.');
    }
    await failures.reset(id);
    const changes = changedFields(stored.user, body);
    if (typeof body.newPassword === 'string') changes.passwordHash = await hashPassword(body.newPassword);
    if (Object.keys(changes).length === 0) return stored.user;
    if (changes.email !== undefined) await limitAddressChanges(id);
    const invalidation = await transaction(await database(), 'update user', async (trx) => {
      if (!(await userRepository(trx).update(id, stored.version, changes))) {
        throw new AppError('CONFLICT', 'This data was modified by another session. Please try again later.');
      }
      return cacheInvalidationRepository(trx).add(id, stored.version + 1);
    });
    const credentials = [
      ...(changes.email === undefined ? [] : ['email']),
      ...(changes.passwordHash === undefined ? [] : ['newPassword']),
    ];
    if (credentials.length > 0) call?.changed(credentials);
    await invalidateUser(database, cache, invalidation);
    return withChanges(stored, changes);
  };
}

export type UpdateUser = ReturnType<typeof updateUser>;
