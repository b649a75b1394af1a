import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { inspect, types } from 'node:util';
import { isMainThread } from 'node:worker_threads';

// `--import` loads this file into the handler threads of serverless-offline, before its own code.

/** The part of serverless-offline's handler runner that we use. */
export interface HandlerRunner {
  run(event: unknown, context: unknown): Promise<unknown>;
}

/**
 * serverless-offline posts thrown and returned values alike to the main thread, which treats an Error as a failure and
 * everything else as success. So this turns every thrown value into an Error, and every returned value into its JSON, as
 * Lambda does; JSON can always be posted.
 */
export function mendRunner(runner: HandlerRunner): void {
  const { run } = runner;
  runner.run = async function (this: HandlerRunner, event, context) {
    let result: unknown;
    try {
      result = await run.call(this, event, context);
    } catch (thrown) {
      throw types.isNativeError(thrown)
        ? thrown
        : new Error(`the handler threw a value that is not an Error: ${inspect(thrown)}`);
    }
    return result === undefined ? undefined : JSON.parse(JSON.stringify(result) ?? 'null');
  };
}

/** Removes our option, so that handlers and their child processes do not inherit it. */
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
