import { existsSync } from 'node:fs';
import Lambda, { type LambdaFunction } from 'serverless-offline/lambda';
import type { ServiceModel } from '../config/service.ts';
import type { Log } from '../logging/log.ts';
import type { InvocationResult, Invoke } from '../mapping/invocation.ts';
import type { OfflineOptions } from './offline-options.ts';
import { withHandlerThread } from './thread-environment.ts';
import { createWorkerWatch } from './worker-watch.ts';

/** Beside this bundle; see build.ts. */
const HANDLER_THREAD = new URL('./handler-thread.js', import.meta.url);

export interface LambdaInvokerOptions {
  readonly serverless: { readonly service: ServiceModel };
  readonly options: OfflineOptions;
  readonly timeoutsMs: ReadonlyMap<string, number>;
  readonly log: Log;
  /** A handler in this process runs although its time has long been over. */
  readonly onStuck: (functionKey: string) => void;
}

/** Runs handlers as serverless-offline does for HTTP, in a pool of our own. */
export interface LambdaInvoker {
  readonly invoke: Invoke;
  /** From now on new code; what runs ends on the old. */
  reload(): void;
  close(): Promise<void>;
}

/** The handlers of one build. */
interface Generation {
  readonly lambda: Lambda;
  running: number;
  isRetired: boolean;
}

export function createLambdaInvoker(options: LambdaInvokerOptions): LambdaInvoker {
  const isInProcess = options.options.useInProcess === true && options.options.useDocker !== true;
  // Somebody may have bundled us into something else: then without it.
  const isThreaded = !isInProcess && options.options.useDocker !== true && existsSync(HANDLER_THREAD);
  const isTimed = options.options.noTimeout !== true;
  const workers = createWorkerWatch(reload);
  let current = createGeneration();

  function createGeneration(): Generation {
    // In this process we keep the time ourselves: serverless-offline would not tell when an abandoned handler ends.
    const lambda = new Lambda(
      options.serverless,
      isInProcess ? { ...options.options, noTimeout: true } : options.options,
    );
    const { service } = options.serverless;
    lambda.create(
      [...options.timeoutsMs.keys()].map((functionKey) => ({
        functionKey,
        functionDefinition: isThreaded
          ? withHandlerThread(service.getFunction(functionKey), service.provider, HANDLER_THREAD)
          : service.getFunction(functionKey),
      })),
    );
    return { lambda, running: 0, isRetired: false };
  }

  function reload(): void {
    const old = current;
    current = createGeneration();
    old.isRetired = true;
    if (old.running === 0) void old.lambda.cleanup();
  }

  function release(generation: Generation): void {
    generation.running -= 1;
    if (generation.isRetired && generation.running === 0) void generation.lambda.cleanup();
  }

  const invoke: Invoke = async (functionKey, event) => {
    const generation = current;
    generation.running += 1;
    let handled: Promise<unknown>;
    try {
      // One synchronous stretch: a second call in between would get the same instance and lose an event.
      const lambdaFunction: LambdaFunction = generation.lambda.get(functionKey);
      lambdaFunction.setEvent(event);
      const run = () => lambdaFunction.runHandler();
      handled = isInProcess ? run() : workers.run(lambdaFunction, run);
    } catch (error) {
      release(generation);
      return failed('error', error);
    }
    const settled = handled.then(
      () => release(generation),
      () => release(generation),
    );
    const timeoutMs = options.timeoutsMs.get(functionKey);
    if (!isInProcess || !isTimed || timeoutMs === undefined) return toResult(handled);
    return raceTimeout(handled, settled, timeoutMs, () => options.onStuck(functionKey));
  };

  return {
    invoke,
    reload,
    async close() {
      await current.lambda.cleanup();
      workers.close();
    },
  };
}

async function raceTimeout(
  handled: Promise<unknown>,
  settled: Promise<void>,
  timeoutMs: number,
  onStuck: () => void,
): Promise<InvocationResult> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<InvocationResult>((resolve) => {
    timer = setTimeout(
      () => resolve({ ...failed('timeout', new Error(`Task timed out after ${timeoutMs} ms`)), settled }),
      timeoutMs,
    );
  });
  const result = await Promise.race([toResult(handled), timedOut]);
  clearTimeout(timer);
  if (result.kind === 'failed' && result.reason === 'timeout') {
    const stuckTimer = setTimeout(onStuck, timeoutMs);
    void settled.then(() => clearTimeout(stuckTimer));
  }
  return result;
}

async function toResult(handled: Promise<unknown>): Promise<InvocationResult> {
  try {
    return { kind: 'returned', value: await handled };
  } catch (error) {
    const isTimeout = error instanceof Error && /Lambda timeout/.test(error.message);
    return failed(isTimeout ? 'timeout' : 'error', error);
  }
}

function failed(reason: 'error' | 'timeout', error: unknown) {
  return { kind: 'failed', reason, error, settled: Promise.resolve() } as const;
}
