import { hash, verify } from '@node-rs/argon2';
import pLimit, { type LimitFunction } from 'p-limit';
import { getConfig } from '#shared/config/config.ts';
import { AppError } from '#shared/errors/app-error.ts';

let limit: LimitFunction | undefined;

/**
 * A hash occupies a core for several milliseconds by design. Few run at once, and the queue is short enough that the last in
 * it is still answered soon; without a bound, a burst would delay every caller.
 * @throws AppError OVERLOADED when the queue is full
 */
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const { PASSWORD_HASH_CONCURRENCY: concurrency, PASSWORD_HASH_QUEUE: queue } = getConfig();
  limit ??= pLimit(concurrency);
  if (limit.activeCount + limit.pendingCount >= concurrency + queue) {
    // A full queue takes a few tenths of a second.
    throw new AppError('OVERLOADED', 'Too many passwords are being checked.', { retryAfterSeconds: 1 });
  }
  return limit(run);
}

/** An argon2id hash (the library's default) in PHC form, at the configured cost. */
export function hashPassword(password: string): Promise<string> {
  const { PASSWORD_HASH_MEMORY_KIB: memoryCost, PASSWORD_HASH_PASSES: timeCost } = getConfig();
  return inTurn(() => hash(password, { memoryCost, timeCost, parallelism: 1 }));
}

/** Whether the password matches the hash, at the cost that the hash itself names. */
export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return inTurn(() => verify(passwordHash, password));
}
