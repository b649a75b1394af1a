import { fieldErrors } from '#shared/validation/field-errors.ts';
import { messages, validate } from '#shared/validation/generated/config.js';
import { ConfigError } from './config-error.ts';
import { type Config, LOCAL_DEFAULTS, RATE_LIMITS } from './config-schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PRODUCTION_HASH = { memoryKib: 7168, passes: 5 };

const present = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError that names the first variable which is missing or malformed
 */
export const readConfig = (env: Environment): Config => {
  const given = present(env);
  const stage = given['STAGE'] ?? 'local';
  const defaults =
    stage === 'local'
      ? {
          ...LOCAL_DEFAULTS,
          USERS_BASE_URL: `http://127.0.0.1:${given['HTTP_PORT'] ?? '8081'}`,
          IDEMPOTENCY_SECRET: 'known-to-everybody-in-the-local-stage',
        }
      : { ...RATE_LIMITS, DATABASE_POOL_SIZE: '1' };
  const candidate: unknown = { ...defaults, ...given };
  if (!validate(candidate)) {
    const [variable, problem] = Object.entries(fieldErrors(validate.errors, messages))[0] ?? ['configuration', 'wrong'];
    throw new ConfigError(variable, `is malformed: ${problem}`);
  }
  const weak =
    candidate.PASSWORD_HASH_MEMORY_KIB < PRODUCTION_HASH.memoryKib ||
    candidate.PASSWORD_HASH_PASSES < PRODUCTION_HASH.passes;
  if (stage !== 'local' && weak) {
    throw new ConfigError(
      'PASSWORD_HASH_MEMORY_KIB',
      'or PASSWORD_HASH_PASSES is below 7168/5 outside the local stage',
    );
  }
  return Object.freeze(candidate);
};

let config: Config | undefined;

/** The process's configuration, read once at first use. */
export const getConfig = (): Config => {
  config ??= readConfig(process.env);
  return config;
};

type Setting =
  | 'USERS_DATABASE_URL'
  | 'NOTIFICATIONS_DATABASE_URL'
  | 'REDIS_URL'
  | 'KAFKA_BROKERS'
  | 'SMTP_URL'
  | 'USERS_BASE_URL'
  | 'OPERATOR_TOKEN'
  | 'IDEMPOTENCY_SECRET';

/** Where a server is, or a secret. Asynchronous, because on AWS a value may be a reference that is fetched at first use. */
export const optionalSetting = async (name: Setting): Promise<string | undefined> => getConfig()[name];

/**
 * The same for what cannot be done without.
 * @throws ConfigError when the variable is not set
 */
export const requiredSetting = async (name: Setting): Promise<string> => {
  const value = await optionalSetting(name);
  if (value === undefined) throw new ConfigError(name, 'is not set');
  return value;
};
