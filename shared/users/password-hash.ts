import { hash, verify } from '@node-rs/argon2';
import { getConfig } from '#shared/config/config.ts';

/** An argon2id hash in PHC form, at the cost that the configuration sets (argon2id is the library's default). */
export const hashPassword = (password: string): Promise<string> => {
  const { PASSWORD_HASH_MEMORY_KIB: memoryCost, PASSWORD_HASH_PASSES: timeCost } = getConfig();
  return hash(password, { memoryCost, timeCost, parallelism: 1 });
};

/** Whether the password is the one that was hashed, at the cost the hash itself names. */
export const verifyPassword = (passwordHash: string, password: string): Promise<boolean> =>
  verify(passwordHash, password);
