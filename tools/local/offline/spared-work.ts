import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPatchedVersion, load } from './call-timeout.ts';
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

/** Of a call's `requestContext.time`. */
const CALL_TIME = 'dd/MMM/yyyy:HH:mm:ss ZZZ';

interface DateTime {
  toMillis(): number;
  toFormat(format: string, ...options: unknown[]): string;
}

/** serverless-offline's own luxon, which is not among our packages. */
async function luxonDateTime(): Promise<{ prototype: DateTime }> {
  const { resolve } = createRequire(import.meta.resolve('serverless-offline'));
  const { DateTime } = await import(
    pathToFileURL(path.join(path.dirname(resolve('luxon/package.json')), 'build/es6/luxon.mjs')).href
  );
  return DateTime;
}

/**
 * Formats the time of all calls of a second once: luxon takes a twentieth of a cached read for it. Does nothing for versions
 * of serverless-offline that may use another luxon.
 */
export async function formatTimesOnce(): Promise<void> {
  if (!isPatchedVersion()) return;
  const { prototype } = await luxonDateTime();
  const { toFormat } = prototype;
  let last = { second: Number.NaN, text: '' };
  prototype.toFormat = function (format, ...options) {
    if (format !== CALL_TIME || options.length > 0) return toFormat.call(this, format, ...options);
    const second = Math.floor(this.toMillis() / 1000);
    if (second !== last.second) last = { second, text: toFormat.call(this, format) };
    return last.text;
  };
}
