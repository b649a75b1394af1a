import { createHash, createHmac } from 'node:crypto';
import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { idempotencyRepository, KeyTakenError } from './idempotency-repository.ts';
import type { RegisterUser } from './register-user.ts';
import type { CreateUserBody, User } from './user-schemas.ts';

/** The lookup key: one length for every key. */
function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * One digest of the request per secret, newest first. They are keyed because the request holds a password, which an unkeyed
 * digest would expose to guessing.
 * @param secrets IDEMPOTENCY_SECRET: several during a rotation, newest first
 */
function bodyDigests(secrets: string, fields: readonly string[]): string[] {
  return secrets.split(',').map((secret) => createHmac('sha256', secret).update(JSON.stringify(fields)).digest('hex'));
}

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
 * Registers a user once per Idempotency-Key, for any number of repeated or concurrent requests. The key is stored in the user's
 * transaction, so neither exists without the other; a failed registration leaves the key free.
 * @throws AppError KEY_REUSED when the key was used with another body; whatever `register` throws
 */
export function registerOnce({ database, register, secrets }: RegisterOnceDependencies) {
  const keys = store(database, idempotencyRepository);
  return async (body: CreateUserBody, key: string | undefined): Promise<User> => {
    if (key === undefined) return register(body);
    const { name, lastname, email, password } = body;
    const digest = keyDigest(key);
    const digests = bodyDigests(await secrets(), [name, lastname, email, password]);

    const earlier = async (): Promise<User | undefined> => {
      const kept = await keys((rows) => rows.find(digest));
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
      // A concurrent commit with the same key violates either of two unique keys.
      const meanwhile = isTaken(error) ? await earlier() : undefined;
      if (meanwhile === undefined) throw error;
      return meanwhile;
    }
  };
}

export type RegisterOnce = ReturnType<typeof registerOnce>;
