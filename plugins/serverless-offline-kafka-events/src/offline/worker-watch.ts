import { AsyncLocalStorage } from 'node:async_hooks';
import type { Worker } from 'node:worker_threads';
import { describeError } from '../logging/log.ts';

/** A function of serverless-offline: it runs once at a time, in a thread that it keeps. */
type Owner = object;

/**
 * Notices when a handler's thread ends: it called process.exit, or threw where nobody catches. Without it
 * serverless-offline would wait for an answer until the timeout, and such an error would end the whole process.
 */
export interface WorkerWatch {
  /** `start` runs the function; this rejects at once when its thread ends first. */
  run<T>(owner: Owner, start: () => Promise<T>): Promise<T>;
  close(): void;
}

/** `onCrash`: the owner of the thread is of no use any more, it would wait for the dead. */
export function createWorkerWatch(onCrash: () => void): WorkerWatch {
  // serverless-offline keeps its threads to itself, but they are made inside the call that needs them.
  const callers = new AsyncLocalStorage<Owner>();
  const running = new WeakMap<Owner, (error: Error) => void>();

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
      onCrash();
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
    close: () => process.off('worker', onWorker),
  };
}
