import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { inspect, types } from 'node:util';
import { isMainThread } from 'node:worker_threads';

// Loaded by `--import` into the threads that serverless-offline runs handlers in, before anything of its own.

/** serverless-offline's runner of a handler, as far as we use it. */
export interface HandlerRunner {
  run(event: unknown, context: unknown): Promise<unknown>;
}

/**
 * A thread of serverless-offline hands over what a handler threw just as what it returned, and its other side takes an
 * Error for a failure, everything else for success. So whatever is thrown becomes an Error here, and whatever is returned
 * becomes what Lambda makes of it: JSON, which always gets from thread to thread.
 */
export function mendRunner(runner: HandlerRunner): void {
  const { run } = runner;
  runner.run = async function (this: HandlerRunner, event, context) {
    let result: unknown;
    try {
      result = await run.call(this, event, context);
    } catch (thrown) {
      throw types.isNativeError(thrown) ? thrown : new Error(`the handler threw what is no Error: ${inspect(thrown)}`);
    }
    return result === undefined ? undefined : JSON.parse(JSON.stringify(result) ?? 'null');
  };
}

/** Handlers, and processes that they start, need not know of us. */
export function withoutOurOption(nodeOptions: string): string {
  return nodeOptions.replace(/ ?--import=\S*\/handler-thread\.js/, '');
}

async function mendThread(helper: string): Promise<void> {
  const nodeOptions = withoutOurOption(process.env.NODE_OPTIONS ?? '');
  if (nodeOptions === '') delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = nodeOptions;
  const file = path.join(path.dirname(helper), '../in-process-runner/index.js');
  const module = (await import(pathToFileURL(file).href)) as { default: { prototype: HandlerRunner } };
  mendRunner(module.default.prototype);
}

const [, script = ''] = process.argv;
if (!isMainThread && path.basename(script) === 'workerThreadHelper.js') await mendThread(script);
