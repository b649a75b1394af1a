import { say } from '../cli/progress.ts';
import { describe } from '../cli/start-error.ts';

export interface Shutdown {
  /** Registers what to stop; lower orders first. */
  add: (order: number, stop: () => Promise<void> | void) => void;
  /** Aborted once the end is requested. */
  signal: AbortSignal;
  request: (reason: string) => void;
  /** Stops everything; later calls wait for the first. */
  run: () => Promise<void>;
  /** Registers what a second Ctrl-C does before the process exits. */
  onForce: (force: () => void) => void;
}

/** npm forwards a signal that the terminal has already sent: one that arrives this soon is the same. */
const sameSignalMs = 1000;

/** Collects what must be stopped, and handles the signals that request it. */
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
  // After SIGHUP the terminal no longer reads the output.
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
 * Waits for work until the signal is aborted.
 * @returns undefined when the signal was aborted first
 */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    work.then(resolve, reject);
  });
}

/**
 * Runs a program that stops what it started, whether it ends, fails, or is told to end.
 * @returns exit code
 */
export async function runWithShutdown(work: (shutdown: Shutdown) => Promise<void>): Promise<number> {
  const shutdown = createShutdown();
  try {
    await work(shutdown);
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    shutdown.request('failure');
    return 1;
  } finally {
    await shutdown.run();
  }
}

/** Keeps the process alive until the end is requested. @throws what `failure` rejects with */
export async function stayAlive(signal: AbortSignal, failure: Promise<never> = new Promise(() => {})): Promise<void> {
  const timer = setInterval(() => {}, 60_000);
  await unlessAborted(signal, failure);
  clearInterval(timer);
}
