import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 * @typedef {import('#local/process/guard-client.mjs').Guard} Guard
 */

/**
 * Waits for the next message that is meant.
 * @template T
 * @param {ChildProcess} child
 * @param {(message: any) => T | undefined} pick
 * @returns {Promise<T>}
 */
export const nextMessage = (child, pick) =>
  new Promise((resolve, reject) => {
    const end = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (/** @type {unknown} */ message) => {
      const picked = pick(message);
      if (picked === undefined) return;
      end();
      resolve(picked);
    };
    const onExit = () => {
      end();
      reject(new Error('a helper process of the benchmark has ended'));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });

/**
 * Starts one of the scripts beside this file, which says the port that it listens on. It ends when this process does.
 * @param {string} script
 * @param {Guard} guard
 */
export const startChild = async (script, guard) => {
  // A process group of its own: Ctrl-C ends it when everything else has ended.
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), { detached: true });
  const pid = child.pid ?? 0;
  guard.watch(pid);
  child.once('exit', () => guard.forget(pid));
  const port = await nextMessage(child, (message) => /** @type {number | undefined} */ (message.port));
  const stop = async () => {
    if (child.exitCode !== null || !child.connected) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
  return { child, port, stop };
};
