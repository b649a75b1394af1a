import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import type { Database } from '#shared/db/database.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { listUsers } from '#shared/users/list-users.ts';
import type { PasswordFailures } from '#shared/users/password-failures.ts';
import { readUser } from '#shared/users/read-user.ts';
import { registerUser } from '#shared/users/register-user.ts';
import { removeUser } from '#shared/users/remove-user.ts';
import { updateUser } from '#shared/users/update-user.ts';
import type { UserCache } from '#shared/users/user-cache.ts';
import { drainCacheInvalidations } from '#shared/users/user-upkeep.ts';
import { publishedMessages } from './published.ts';
import { randomEmail } from './random.ts';

export const PASSWORD = 'correct-horse-1';

/** A cache that is never available. */
export const NO_CACHE: UserCache = {
  read: async () => undefined,
  fill: async () => undefined,
  invalidate: async () => false,
};

/** Wrong passwords are not counted. */
export const NO_FAILURES: PasswordFailures = { enter: async () => undefined, reset: async () => undefined };

/** The users services on one database. Passwords are stored unhashed: hashing has its own tests. */
export function userServicesOn(db: Database, cache: UserCache = NO_CACHE) {
  const published = publishedMessages();
  const database = async () => db;
  const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 200 }, () => performance.now());
  const hashPassword = async (password: string) => `plain:${password}`;
  const verifyPassword = async (hash: string, password: string) => hash === `plain:${password}`;
  const soon = publishSoon({ database, publish: published.publish, breaker });
  const register = registerUser({ database, hashPassword, publishSoon: soon });
  return {
    published,
    register,
    /** Registers a user with a random address. */
    registerAnybody: (email: string = randomEmail()) =>
      register({ name: 'Ann', lastname: 'Lee', email, password: PASSWORD }),
    read: readUser({ database, cache }),
    list: listUsers(database),
    update: updateUser({
      database,
      cache,
      hashPassword,
      verifyPassword,
      failures: NO_FAILURES,
      limitAddressChanges: async () => undefined,
    }),
    remove: removeUser({ database, cache }),
    drain: drainCacheInvalidations(database, cache),
  };
}
