import { load } from './call-timeout.ts';
import type { Log, Serverless } from './types.ts';

/**
 * The validator of serverless.yml holds 40 MB of code until the process ends, a third of its heap, and takes part in every garbage
 * collection. Every other command validates, so does a start with hot reload.
 */
export function skipValidation({ configSchemaHandler }: Pick<Serverless, 'configSchemaHandler'>): void {
  configSchemaHandler.validateConfig = async () => undefined;
}

/**
 * serverless-offline assigns a function's environment to process.env on each call: 20 calls of setenv. On a plain object an
 * assignment costs next to nothing.
 */
export function plainEnvironment(): void {
  process.env = { ...process.env };
}

/** Drops the dozen lines per call that `SLS_LOG_LEVEL=warning` hides anyway, before serverless formats and emits them. */
export async function dropHiddenLines(
  { error, warning }: Pick<Log, 'error' | 'warning'>,
  level = process.env.SLS_LOG_LEVEL,
): Promise<void> {
  if (level !== 'warning') return;
  const { setLogUtils } = await load('utils/log.js');
  const drop = () => undefined;
  setLogUtils({ log: { debug: drop, error, info: drop, notice: drop, verbose: drop, warning } });
}
