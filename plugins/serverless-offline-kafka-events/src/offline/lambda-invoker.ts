import { existsSync } from 'node:fs';
import Lambda, { type LambdaFunction } from 'serverless-offline/lambda';
import type { ServiceModel } from '../config/service.ts';
import type { InvocationResult, Invoke } from '../mapping/invocation.ts';
import { isObject } from '../support/value.ts';
import { createWorkerWatch, withHandlerThread } from './worker-watch.ts';

/** Beside this bundle; see build.ts. */
const HANDLER_THREAD = new URL('./handler-thread.js', import.meta.url);

const STOOD_STILL_MS = 2_000;

export interface LambdaInvokerOptions {
  readonly serverless: { readonly service: ServiceModel };
  readonly options: OfflineOptions;
  readonly timeoutsMs: ReadonlyMap<string, number>;
  /** Called when a handler in this process still runs after twice its timeout. */
  readonly onStuck: (functionKey: string) => void;
}

/** Runs handlers as serverless-offline does for HTTP, in a pool of our own. */
export interface LambdaInvoker {
  readonly invoke: Invoke;
  /** From now on new code; running invocations end on the old code. */
  reload(): void;
  close(): Promise<void>;
}

/** One instance of a function: in worker mode it keeps one thread. */
interface Instance {
  readonly functionKey: string;
  readonly generation: number;
  readonly lambda: Lambda;
  readonly lambdaFunction: LambdaFunction;
  idleSinceMs: number;
}

/**
 * serverless-offline's own pool never removes an instance with `reloadHandler` or after a timeout, and cancels no timer, so
 * that threads and timers would pile up. Each instance here has a pool of serverless-offline to itself.
 */
export function createLambdaInvoker(options: LambdaInvokerOptions): LambdaInvoker {
  const { serverless, timeoutsMs, onStuck } = options;
  // Truthy values, as serverless-offline reads its options: those from environment variables are texts.
  const isInProcess = Boolean(options.options.useInProcess);
  // Without the file when this package was bundled into another one.
  const isThreaded = !isInProcess && existsSync(HANDLER_THREAD);
  const isTimed = !options.options.noTimeout;
  const isFreshEachTime = !isInProcess && Boolean(options.options.reloadHandler);
  const idleLimitMs = Number(options.options.terminateIdleLambdaTime) * 1_000;
  const workers = createWorkerWatch();
  const idle = new Map<string, Instance[]>([...timeoutsMs.keys()].map((key) => [key, []]));
  const ending = new Set<Promise<void>>();
  let generation = 0;

  const sweeper = setInterval(sweep, Math.max(1_000, Math.min(10_000, idleLimitMs)));
  sweeper.unref();

  function createInstance(functionKey: string): Instance {
    // The timeout is ours: serverless-offline neither cancels its timer nor reports when an abandoned handler ends.
    const lambda = new Lambda(serverless, { ...options.options, noTimeout: true, reloadHandler: false });
    const { service } = serverless;
    const definition = service.getFunction(functionKey);
    const functionDefinition = isThreaded
      ? withHandlerThread(definition, service.provider, HANDLER_THREAD)
      : definition;
    lambda.create([{ functionKey, functionDefinition }]);
    return { functionKey, generation, lambda, lambdaFunction: lambda.get(functionKey), idleSinceMs: 0 };
  }

  function end(instance: Instance): void {
    const ended = instance.lambda.cleanup().catch(() => undefined);
    ending.add(ended);
    void ended.then(() => ending.delete(ended));
  }

  /** Takes the most recently used instance, so that the others can expire. A thread may have ended while idle. */
  function takeInstance(functionKey: string): Instance {
    for (let next = idle.get(functionKey)?.pop(); next !== undefined; next = idle.get(functionKey)?.pop()) {
      if (!workers.isEnded(next.lambdaFunction)) return next;
      end(next);
    }
    return createInstance(functionKey);
  }

  function giveBack(instance: Instance): void {
    if (instance.generation !== generation || isFreshEachTime) {
      end(instance);
      return;
    }
    instance.idleSinceMs = Date.now();
    idle.get(instance.functionKey)?.push(instance);
  }

  function sweep(): void {
    const oldest = Date.now() - idleLimitMs;
    for (const [functionKey, instances] of idle) {
      for (const instance of instances) if (instance.idleSinceMs < oldest) end(instance);
      idle.set(
        functionKey,
        instances.filter(({ idleSinceMs }) => idleSinceMs >= oldest),
      );
    }
  }

  function endIdle(): void {
    for (const [functionKey, instances] of idle) {
      for (const instance of instances) end(instance);
      idle.set(functionKey, []);
    }
  }

  const invoke: Invoke = async (functionKey, event) => {
    const instance = takeInstance(functionKey);
    const { lambdaFunction } = instance;
    lambdaFunction.setEvent(event);
    const run = () => lambdaFunction.runHandler();
    const handled = isInProcess ? run() : workers.run(lambdaFunction, run);
    const settled = handled.then(
      () => undefined,
      () => undefined,
    );
    const timeoutMs = isTimed ? timeoutsMs.get(functionKey) : undefined;
    const result = await withTimeout(handled, timeoutMs);
    if (result !== 'timeout') {
      if (result.kind === 'failed' && workers.isEnded(lambdaFunction)) end(instance);
      else giveBack(instance);
      return result;
    }
    const error = new Error(`Task timed out after ${timeoutMs} ms`);
    if (!isInProcess) {
      end(instance);
      return failed('timeout', error);
    }
    // It cannot be stopped inside this process.
    const stuckTimer = setTimeout(() => onStuck(functionKey), timeoutMs);
    void settled.then(() => {
      clearTimeout(stuckTimer);
      giveBack(instance);
    });
    return { ...failed('timeout', error), settled };
  };

  return {
    invoke,
    reload() {
      generation += 1;
      endIdle();
    },
    async close() {
      clearInterval(sweeper);
      generation += 1;
      endIdle();
      await Promise.all(ending);
      workers.close();
    },
  };
}

async function withTimeout(
  handled: Promise<unknown>,
  timeoutMs: number | undefined,
): Promise<InvocationResult | 'timeout'> {
  const result = toResult(handled);
  if (timeoutMs === undefined) return result;
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<'timeout'>((resolve) => {
    const start = () => {
      const dueAtMs = Date.now() + timeoutMs;
      // A late timer means that the process was suspended, as on a sleeping laptop, and the handler with it.
      timer = setTimeout(() => (Date.now() - dueAtMs > STOOD_STILL_MS ? start() : resolve('timeout')), timeoutMs);
    };
    start();
  });
  try {
    return await Promise.race([result, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

async function toResult(handled: Promise<unknown>): Promise<InvocationResult> {
  try {
    return { kind: 'returned', value: await handled };
  } catch (error) {
    return failed('error', error);
  }
}

function failed(reason: 'error' | 'timeout', error: unknown) {
  return { kind: 'failed', reason, error, settled: Promise.resolve() } as const;
}

/** The defaults of serverless-offline 14 that invocations need. It does not export them. */
const DEFAULTS = {
  host: 'localhost',
  lambdaPort: 3002,
  layersDir: null,
  localEnvironment: false,
  localLayers: {},
  noTimeout: false,
  reloadHandler: false,
  rubyWatchDirs: [],
  terminateIdleLambdaTime: 60,
  dockerHost: 'localhost',
  dockerHostServicePath: null,
  dockerNetwork: null,
  dockerReadOnly: true,
  useDocker: false,
  useInProcess: false,
} as const;

export type OfflineOptions = Readonly<Record<string, unknown>>;

/** The command line overrides `custom.serverless-offline`, which overrides the defaults, as in serverless-offline. */
export function mergeOfflineOptions(custom: unknown, commandLine: OfflineOptions): OfflineOptions {
  return { ...DEFAULTS, ...(isObject(custom) ? custom : {}), ...commandLine };
}

type End = (skipExit?: boolean) => Promise<void>;

/** Finds serverless-offline by the name of its class, which has never changed. */
function indexOfOffline(plugins: readonly object[]): number {
  return plugins.findIndex((plugin) => plugin.constructor.name === 'ServerlessOffline');
}

export function isListedAfterOffline(plugins: readonly object[], self: object): boolean {
  const offline = indexOfOffline(plugins);
  return offline >= 0 && offline < plugins.indexOf(self);
}

/** Plain `sls offline` calls its `end`, which exits, right after a signal. This runs `stop` first. */
export function delayOfflineEnd(plugins: readonly object[], stop: () => Promise<void>): void {
  const offline: { end?: End } | undefined = plugins[indexOfOffline(plugins)];
  if (offline?.end === undefined) return;
  const end = offline.end.bind(offline);
  offline.end = async (skipExit) => {
    await stop();
    await end(skipExit);
  };
}
