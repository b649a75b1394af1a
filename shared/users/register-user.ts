import { randomUUID } from 'node:crypto';
import type { Database, Executor } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { log } from '#shared/observability/logger.ts';
import { currentTrace, formatTraceparent } from '#shared/observability/trace-context.ts';
import type { NewEvent } from '#shared/outbox/event.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { userRepository } from './user-repository.ts';
import type { CreateUserBody, User } from './user-schemas.ts';

export interface RegisterUserDependencies {
  database(): Promise<Database>;
  hashPassword(password: string): Promise<string>;
  /** Publishes the committed event within a time limit. Never throws: the relay publishes what is left. */
  publishSoon(event: NewEvent): Promise<void>;
}

/** Writes what must be committed together with the user. */
export type AlsoStore = (trx: Executor, userId: number) => Promise<void>;

/**
 * Stores the user and its event in one transaction, then tries to publish the event immediately.
 * @throws AppError EMAIL_TAKEN, DEPENDENCY_DOWN
 */
export function registerUser({ database, hashPassword, publishSoon }: RegisterUserDependencies) {
  return async ({ name, lastname, email, password }: CreateUserBody, alsoStore?: AlsoStore): Promise<User> => {
    const startedAt = performance.now();
    const passwordHash = await hashPassword(password);
    const hashMs = Math.round(performance.now() - startedAt);
    const trace = currentTrace();
    const event: NewEvent = {
      uuid: randomUUID(),
      userEmail: email,
      addedAt: new Date(),
      traceparent: trace === undefined ? null : formatTraceparent(trace),
      generation: 0,
    };
    const id = await transaction(await database(), 'register user', async (trx) => {
      const userId = await userRepository(trx).insert({ name, lastname, email, passwordHash });
      await outboxRepository(trx).add(event, userId);
      await alsoStore?.(trx, userId);
      return userId;
    });
    log.info('Registration accepted', { userId: id, uuid: event.uuid, hashMs });
    await publishSoon(event);
    return { id, name, lastname, email };
  };
}

export type RegisterUser = ReturnType<typeof registerUser>;
