/** Where the stages differ in what they accept. Pure: config.ts throws. */

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable and what is wrong with it; never its value. */
export type Problem = readonly [variable: string, problem: string];

/** What the rules read of a configuration. */
export interface Ruled {
  readonly OPERATOR_TOKEN?: string;
  readonly PASSWORD_HASH_MEMORY_KIB: number;
  readonly PASSWORD_HASH_PASSES: number;
}

const PRODUCTION_HASH = { memoryKib: 7168, passes: 5 };
const SHORTEST_TOKEN = 32;

/** The one of docker-compose.yml: everybody can read what it stands for. */
export const PUBLISHED_ORIGIN_SECRET = 'sha256:82164b2ffaefdaabbf9bdc1fbc380290f5ea4cea96191c85606787ce397ff1bd';

/** Settings without which strangers must not reach a container. */
const REQUIRED_WHEN_SELF_HOSTED = ['OPERATOR_TOKEN', 'IDEMPOTENCY_SECRET'] as const;

/**
 * Whether a stage runs in Lambda. `local` is for the user of one machine, `selfhosted` is the container's; both are one process
 * with serverless-offline.
 */
export function isDeployed(stage: string): boolean {
  return stage !== 'local' && stage !== 'selfhosted';
}

/** The local stage is open to everybody: a function in Lambda must not run in it, least of all because STAGE is missing. */
export function problemInLambda(env: Environment): Problem | undefined {
  const isEmulated = env['IS_OFFLINE'] !== undefined || env['IS_LOCAL'] !== undefined;
  if (env['AWS_LAMBDA_FUNCTION_NAME'] === undefined || isEmulated) return undefined;
  const stage = env['STAGE'] ?? '';
  if (stage === '') return ['STAGE', 'is not set. Deploy with --stage <name>.'];
  return isDeployed(stage) ? undefined : ['STAGE', `is ${stage}, which does not run in Lambda. Deploy another stage.`];
}

/** A token in plain text that is too short to resist guessing. Hashed ones cannot be measured. */
export function problemOfTokens(stage: string, tokens: string): Problem | undefined {
  const isShort = tokens.split(',').some((entry) => !/^sha256:/i.test(entry) && entry.length < SHORTEST_TOKEN);
  return stage !== 'local' && isShort
    ? ['OPERATOR_TOKEN', `has fewer than ${SHORTEST_TOKEN} characters outside the local stage`]
    : undefined;
}

/** @param given the variables that are set, references included */
export function problemOfStage(stage: string, config: Ruled, given: Environment): Problem | undefined {
  if (stage === 'local') return undefined;
  if (
    config.PASSWORD_HASH_MEMORY_KIB < PRODUCTION_HASH.memoryKib ||
    config.PASSWORD_HASH_PASSES < PRODUCTION_HASH.passes
  ) {
    return ['PASSWORD_HASH_MEMORY_KIB', 'or PASSWORD_HASH_PASSES is below 7168/5 outside the local stage'];
  }
  if (stage === 'selfhosted') {
    const missing = REQUIRED_WHEN_SELF_HOSTED.find((name) => given[name] === undefined);
    if (missing !== undefined) return [missing, 'is not set, which the stage selfhosted requires'];
    if (given['ORIGIN_SECRET'] === PUBLISHED_ORIGIN_SECRET)
      return ['ORIGIN_SECRET', 'is the published one of docker-compose.yml: set GATEWAY_SECRET and ORIGIN_SECRET'];
    const off = Object.keys(given).find(
      (name) => /^(RATE_LIMIT|PASSWORD_FAILURES)_/.test(name) && Number(given[name]) === 0,
    );
    if (off !== undefined) return [off, 'is 0, but the stage selfhosted requires limits'];
  }
  return config.OPERATOR_TOKEN === undefined ? undefined : problemOfTokens(stage, config.OPERATOR_TOKEN);
}
