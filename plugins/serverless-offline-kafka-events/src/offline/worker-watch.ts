import { AsyncLocalStorage } from 'node:async_hooks';
import type { Worker } from 'node:worker_threads';
import type { FunctionDefinition, ServiceModel } from '../config/service.ts';
import { describeError, isObject } from '../support/value.ts';

/** A function of serverless-offline: it runs once at a time, in a thread that it keeps. */
type Owner = object;

/**
 * Notices when the thread of a handler ends: the handler called process.exit, or threw an error that nothing catches.
 * Without it serverless-offline would wait for an answer until the timeout, and the error would end the whole process.
 */
export interface WorkerWatch {
  /** `start` runs the function. Rejects at once when its thread ends first. */
  run<T>(owner: Owner, start: () => Promise<T>): Promise<T>;
  /** Whether the thread of the function has ended by itself, so that the function would wait for ever. */
  isEnded(owner: Owner): boolean;
  close(): void;
}

export function createWorkerWatch(): WorkerWatch {
  // serverless-offline does not expose its threads, but creates them inside the call that needs them.
  const callers = new AsyncLocalStorage<Owner>();
  const running = new WeakMap<Owner, (error: Error) => void>();
  const ended = new WeakSet<Owner>();

  function onWorker(worker: Worker): void {
    const owner = callers.getStore();
    if (owner === undefined) return;
    let problem = '';
    let isTerminated = false;
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      isTerminated = true;
      return terminate();
    };
    worker.on('error', (error) => {
      problem = `: ${describeError(error)}`;
    });
    worker.on('exit', (code) => {
      if (isTerminated) return;
      ended.add(owner);
      running.get(owner)?.(new Error(`the handler's thread ended with exit code ${code}${problem}`));
    });
  }
  process.on('worker', onWorker);

  return {
    async run(owner, start) {
      const crashed = new Promise<never>((_resolve, reject) => running.set(owner, reject));
      try {
        return await Promise.race([callers.run(owner, start), crashed]);
      } finally {
        running.delete(owner);
      }
    },
    isEnded: (owner) => ended.has(owner),
    close: () => process.off('worker', onWorker),
  };
}

/** Adds the file that the thread of a handler loads first; only its environment can name it. */
export function withHandlerThread(
  definition: FunctionDefinition,
  provider: ServiceModel['provider'],
  handlerThread: URL,
): FunctionDefinition {
  const environment = isObject(definition.environment) ? definition.environment : {};
  const inherited = isObject(provider.environment) ? provider.environment.NODE_OPTIONS : undefined;
  const nodeOptions = environment.NODE_OPTIONS ?? inherited;
  const option = `--import=${handlerThread.href}`;
  return {
    ...definition,
    environment: {
      ...environment,
      NODE_OPTIONS: typeof nodeOptions === 'string' && nodeOptions !== '' ? `${nodeOptions} ${option}` : option,
    },
  };
}
