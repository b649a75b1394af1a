import type { Database } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { deadLetterRepository } from '#shared/outbox/dead-letter-repository.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { cacheInvalidationRepository } from './cache-invalidation-repository.ts';
import { invalidateUser } from './invalidate-user.ts';
import { passwordFailureRepository } from './password-failures.ts';
import { userNotFound } from './read-user.ts';
import { DELETED, type UserCache } from './user-cache.ts';
import { userRepository } from './user-repository.ts';

export interface RemoveUserDependencies {
  database(): Promise<Database>;
  cache: UserCache;
}

/**
 * Deletes a user and erases the address from finished and failed events; the others lose it when they end. A welcome mail that
 * was not sent yet still goes out.
 * @throws AppError NOT_FOUND, DEPENDENCY_DOWN
 */
export function removeUser({ database, cache }: RemoveUserDependencies) {
  return async (id: number): Promise<void> => {
    if (!Number.isSafeInteger(id)) throw userNotFound();
    const invalidation = await transaction(await database(), 'remove user', async (trx) => {
      if (!(await userRepository(trx).remove(id))) throw userNotFound();
      await passwordFailureRepository(trx).reset(id);
      const events = await outboxRepository(trx).eraseAddressOf(id);
      await deadLetterRepository(trx).eraseRecordsOf(events);
      return cacheInvalidationRepository(trx).add(id, DELETED);
    });
    await invalidateUser(database, cache, invalidation);
  };
}
