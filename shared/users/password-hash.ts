import { hash, verify } from '@node-rs/argon2';
import { semaphore } from '#shared/async/semaphore.ts';
import { getConfig } from '#shared/config/config.ts';
import { AppError } from '#shared/errors/app-error.ts';

/** Some tenths of a second: what waits now is done by then. */
const RETRY_SECONDS = 1;

function refusal(): AppError {
  return new AppError('OVERLOADED', 'Too many passwords are being checked.', { retryAfterSeconds: RETRY_SECONDS });
}

let gate: ReturnType<typeof semaphore> | undefined;

/**
 * A hash takes a core for milliseconds, on purpose. So few go on at once, and only so many wait that the last of them is still
 * answered soon; without a bound, a burst would keep everybody waiting.
 * @throws AppError OVERLOADED
 */
function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const { PASSWORD_HASH_CONCURRENCY: limit, PASSWORD_HASH_QUEUE: most } = getConfig();
  gate ??= semaphore(limit, { most, refusal });
  return gate(run);
}

/** An argon2id hash in PHC form, at the cost that the configuration sets (argon2id is the library's default). */
export function hashPassword(password: string): Promise<string> {
  const { PASSWORD_HASH_MEMORY_KIB: memoryCost, PASSWORD_HASH_PASSES: timeCost } = getConfig();
  return inTurn(() => hash(password, { memoryCost, timeCost, parallelism: 1 }));
}

/** Whether the password is the one that was hashed, at the cost the hash itself names. */
export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return inTurn(() => verify(passwordHash, password));
}
