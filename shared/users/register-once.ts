import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { bodyDigests, keyDigest } from './digests.ts';
import { idempotencyRepository, KeyTakenError } from './idempotency-repository.ts';
import type { RegisterUser } from './register-user.ts';
import type { CreateUserBody, User } from './user-schemas.ts';

export interface RegisterOnceDependencies {
  database(): Promise<Database>;
  register: RegisterUser;
  /** IDEMPOTENCY_SECRET. */
  secrets(): Promise<string>;
}

function isTaken(error: unknown): boolean {
  return error instanceof KeyTakenError || (error instanceof AppError && error.code === 'EMAIL_TAKEN');
}

/**
 * Registers a user once per Idempotency-Key, however often and however many at once ask for it. The key is stored with the user,
 * so that there is never one without the other; a registration that failed leaves the key free.
 * @throws AppError KEY_REUSED when the key came with another body before; what registering throws
 */
export function registerOnce({ database, register, secrets }: RegisterOnceDependencies) {
  return async (body: CreateUserBody, key: string | undefined): Promise<User> => {
    if (key === undefined) return register(body);
    const { name, lastname, email, password } = body;
    const digest = keyDigest(key);
    const digests = bodyDigests(await secrets(), [name, lastname, email, password]);
    const db = await database();

    const earlier = async (): Promise<User | undefined> => {
      const kept = await statement(db, (executor) => idempotencyRepository(executor).find(digest));
      if (kept === undefined) return undefined;
      if (digests.includes(kept.bodyDigest)) return { id: kept.userId, name, lastname, email };
      throw new AppError('KEY_REUSED', 'This Idempotency-Key came with another body before.');
    };

    const answered = await earlier();
    if (answered !== undefined) return answered;
    try {
      return await register(body, (trx, userId) =>
        idempotencyRepository(trx).add({ keyDigest: digest, bodyDigest: digests[0] ?? '', userId }),
      );
    } catch (error) {
      // Somebody else's commit with the same key shows in either of two unique columns.
      const meanwhile = isTaken(error) ? await earlier() : undefined;
      if (meanwhile === undefined) throw error;
      return meanwhile;
    }
  };
}

export type RegisterOnce = ReturnType<typeof registerOnce>;
