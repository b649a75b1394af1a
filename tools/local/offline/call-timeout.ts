import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Serverless } from './types.ts';

/** The version this patch was written for; see docs/upstream/serverless-offline-timeout.md. */
const PATCHED_VERSION = '14.8.2';
/** serverless-offline's default. */
const DEFAULT_TIMEOUT_S = 6;

const SOURCE = path.dirname(fileURLToPath(import.meta.resolve('serverless-offline')));

interface LambdaFunction {
  readonly functionName: string;
  runHandler(): Promise<unknown>;
  cleanup(): Promise<void>;
}

interface TimeoutOptions {
  noTimeout?: boolean;
}

/** serverless-offline's own module, the same instance that its server uses. */
export async function load(file: string) {
  return import(pathToFileURL(path.join(SOURCE, file)).href);
}

function installedVersion(): unknown {
  return JSON.parse(readFileSync(path.join(SOURCE, '../package.json'), 'utf8')).version;
}

/** Whether serverless-offline is the version that our patches were written for. */
export function isPatchedVersion(version: unknown = installedVersion()): boolean {
  return version === PATCHED_VERSION;
}

/**
 * serverless-offline never cancels the timer that limits a call: at 4,000 calls per second and a timeout of 10 s, 40,000 timers
 * and what they refer to stay alive. This switches its timers off and limits each call with a timer that ends with the call.
 * Call it before serverless-offline reads its options. Does nothing for other versions or with `noTimeout`.
 * @returns whether calls are limited here
 */
export async function cancelCallTimers(
  { service }: Pick<Serverless, 'service'>,
  cliOptions: TimeoutOptions = {},
  version = installedVersion(),
): Promise<boolean> {
  service.custom ??= {};
  const { custom, provider, functions } = service;
  const options: TimeoutOptions = { ...(custom['serverless-offline'] ?? {}), ...cliOptions };
  if (!isPatchedVersion(version) || options.noTimeout === true) return false;
  custom['serverless-offline'] = { ...(custom['serverless-offline'] ?? {}), noTimeout: true };

  const limitsMs = new Map<string, number>();
  for (const { name, timeout = provider.timeout ?? DEFAULT_TIMEOUT_S, events = [] } of Object.values(functions)) {
    // The event source limits its own calls, and must know when an abandoned handler ends before it retries.
    const isLimitedElsewhere = events.some((event) => 'kafka' in event || 'msk' in event);
    limitsMs.set(name, isLimitedElsewhere ? Number.POSITIVE_INFINITY : timeout * 1000);
  }
  const [{ default: LambdaFunction }, { default: LambdaTimeoutError }] = await Promise.all([
    load('lambda/LambdaFunction.js'),
    load('errors/LambdaTimeoutError.js'),
  ]);
  const { prototype } = LambdaFunction;
  const runHandler: LambdaFunction['runHandler'] = prototype.runHandler;

  prototype.runHandler = async function (this: LambdaFunction): Promise<unknown> {
    const limitMs = limitsMs.get(this.functionName) ?? DEFAULT_TIMEOUT_S * 1000;
    if (limitMs === Number.POSITIVE_INFINITY) return runHandler.call(this);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      const fail = () => reject(new LambdaTimeoutError('[504] - Lambda timeout.'));
      timer = setTimeout(fail, limitMs);
    });
    try {
      return await Promise.race([runHandler.call(this), limit]);
    } catch (error) {
      // Ends the worker thread of a call that hangs, if it has one.
      if (error instanceof LambdaTimeoutError) await this.cleanup();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return true;
}
