import { say } from '../cli/progress.mjs';

/**
 * @typedef {object} Shutdown
 * @property {(order: number, stop: () => Promise<void> | void) => void} add what to stop; lower orders first
 * @property {AbortSignal} signal aborted when the end was asked for
 * @property {(reason: string) => void} request
 * @property {() => Promise<void>} run stops everything; later calls wait for the first
 * @property {(force: () => void) => void} onForce what a second Ctrl-C does before the process ends
 */

/** npm passes a signal on that the terminal has sent already: what comes this soon is the same one. */
const sameSignalMs = 1000;

/**
 * Collects what has to be stopped, and listens for the signals that ask for it.
 * @returns {Shutdown}
 */
export function createShutdown() {
  const controller = new AbortController();
  /** @type {{ order: number, stop: () => Promise<void> | void }[]} */
  const stops = [];
  /** @type {(() => void)[]} */
  const forces = [];
  /** @type {Promise<void> | undefined} */
  let running;
  let requestedAt = 0;

  /** @param {string} reason */
  const request = (reason) => {
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

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
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
 * @template T
 * @param {AbortSignal} signal
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>} undefined when the end was asked for
 */
export function unlessAborted(signal, work) {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    work.then(resolve, reject);
  });
}
