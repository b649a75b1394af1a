import { say } from '../cli/progress.ts';

export interface Shutdown {
  /** what to stop; lower orders first */
  add: (order: number, stop: () => Promise<void> | void) => void;
  /** aborted when the end was asked for */
  signal: AbortSignal;
  request: (reason: string) => void;
  /** stops everything; later calls wait for the first */
  run: () => Promise<void>;
  /** what a second Ctrl-C does before the process ends */
  onForce: (force: () => void) => void;
}

/** npm passes a signal on that the terminal has sent already: what comes this soon is the same one. */
const sameSignalMs = 1000;

/** Collects what has to be stopped, and listens for the signals that ask for it. */
export function createShutdown(): Shutdown {
  const controller = new AbortController();
  const stops: { order: number; stop: () => Promise<void> | void }[] = [];
  const forces: (() => void)[] = [];
  let running: Promise<void> | undefined;
  let requestedAt = 0;

  const request = (reason: string) => {
    if (controller.signal.aborted) return;
    requestedAt = Date.now();
    controller.abort(reason);
  };
  const runAll = async () => {
    for (const { stop } of stops.sort((a, b) => a.order - b.order)) {
      try {
        await stop();
      } catch (error) {
        say(`  ! ${error instanceof Error ? error.message : error}`);
      }
    }
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && controller.signal.aborted && Date.now() - requestedAt > sameSignalMs) {
        for (const force of forces) force();
        process.exit(130);
      }
      request(signal);
    });
  }
  // After SIGHUP nobody reads what we print.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  return {
    add: (order, stop) => void stops.push({ order, stop }),
    signal: controller.signal,
    request,
    run: () => (running ??= runAll()),
    onForce: (force) => void forces.push(force),
  };
}

/**
 * Waits for a piece of work, or for the wish to end, whichever comes first.
 * @returns undefined when the end was asked for
 */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    work.then(resolve, reject);
  });
}
