import { waitFor } from '#local/cli/wait-for.mjs';
import { isAlive, signalGroup } from '#local/process/signals.mjs';

/**
 * A process, or several that are one service, as the injector sees it.
 * @typedef {object} Target
 * @property {() => Promise<void>} stop asks it to end and waits
 * @property {() => Promise<void>} kill
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => Promise<void>} start brings it back after stop or kill, and waits until it answers
 * @property {() => void} end kills it for good, frozen or not
 */

const stopLimitMs = 15_000;

/**
 * The signals for processes that are looked up each time, because they are started anew.
 * @param {() => number[]} pids each leads a process group
 * @returns {Omit<Target, 'start'>}
 */
export const signalsFor = (pids) => {
  const endWith = async (/** @type {NodeJS.Signals} */ signal) => {
    const ending = pids();
    for (const pid of ending) signalGroup(pid, signal);
    const gone = () => !ending.some(isAlive);
    if (await waitFor(gone, { timeoutMs: stopLimitMs })) return;
    for (const pid of ending) signalGroup(pid, 'SIGKILL');
    await waitFor(gone, { timeoutMs: stopLimitMs });
  };
  const signal = (/** @type {NodeJS.Signals} */ name) => {
    for (const pid of pids()) signalGroup(pid, name);
  };
  return {
    stop: () => endWith('SIGTERM'),
    kill: () => endWith('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    end: () => signal('SIGKILL'),
  };
};
