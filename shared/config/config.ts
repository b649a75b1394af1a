import { messages, validate } from '#generated/config.js';
import { fieldErrors } from '#shared/validation/field-errors.ts';
import type { Config } from './config-schemas.ts';
import { LOCAL_DEFAULTS, LOCAL_PORTS, RATE_LIMITS } from './defaults.ts';
import { parseReference, REFERABLE, type Reference } from './reference.ts';
import { isDeployed, type Problem, problemInLambda, problemOfStage, problemOfTokens } from './stage-rules.ts';

/** A variable is missing or malformed. The one-line message names the variable, never its value. */
export class ConfigError extends Error {
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = 'ConfigError';
    this.variable = variable;
  }
}

function refuse(problem: Problem | undefined): void {
  if (problem !== undefined) throw new ConfigError(...problem);
}

// At import, so that the function does not start.
refuse(problemInLambda(process.env));

type Environment = Readonly<Record<string, string | undefined>>;

function present(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

/** The settings that are references; their values are validated when they are fetched. */
export function referencesIn(env: Environment): ReadonlyMap<string, Reference> {
  const found = REFERABLE.map((name) => [name, parseReference(env[name] ?? '')] as const);
  return new Map(found.flatMap(([name, reference]) => (reference === undefined ? [] : [[name, reference]])));
}

function checked(candidate: unknown): Config {
  if (validate(candidate)) return candidate;
  const [variable, problem] = Object.entries(fieldErrors(validate.errors, messages))[0] ?? [
    'configuration',
    'is malformed',
  ];
  throw new ConfigError(variable, `is malformed: ${problem}`);
}

/** Validates a value that was fetched for a reference. @throws ConfigError */
export function checkValue(variable: string, value: string): string {
  checked({ [variable]: value });
  if (variable === 'OPERATOR_TOKEN') refuse(problemOfTokens(getConfig().STAGE, value));
  return value;
}

/**
 * Reads and validates the configuration, except for the values of references.
 * @throws ConfigError naming the first variable that is missing or malformed
 */
export function readConfig(env: Environment): Config {
  const given = present(env);
  const stage = given['STAGE'] ?? 'local';
  const defaults =
    stage === 'local'
      ? {
          ...LOCAL_DEFAULTS,
          DIAGNOSTICS: 'true',
          USERS_BASE_URL: `http://127.0.0.1:${given['HTTP_PORT'] ?? LOCAL_PORTS.http[1]}`,
          IDEMPOTENCY_SECRET: 'known-to-everybody-in-the-local-stage',
        }
      : {
          ...RATE_LIMITS,
          ...(isDeployed(stage) ? { DATABASE_POOL_SIZE: '1' } : {}),
          // Stages may share servers. Unlike elsewhere, an empty text is a value: no prefix.
          TOPIC_PREFIX: env['TOPIC_PREFIX'] ?? `${stage}-`,
          CACHE_PREFIX: env['CACHE_PREFIX'] ?? `${stage}:`,
        };
  const all: Record<string, string> = { ...defaults, ...given };
  for (const name of referencesIn(given).keys()) delete all[name];
  const config = checked(all);
  refuse(problemOfStage(stage, config, given));
  return Object.freeze(config);
}

let config: Config | undefined;

/** The process's configuration, read at first use. Settings that are references are absent (see settings.ts). */
export function getConfig(): Config {
  config ??= readConfig(process.env);
  return config;
}
