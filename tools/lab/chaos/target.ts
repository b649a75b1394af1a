import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { signalGroup } from '#tools/local/process/signals.ts';

/** A process, or several that are one service, as the injector sees it. */
export interface Target {
  /** asks it to end and waits */
  stop: () => Promise<void>;
  kill: () => Promise<void>;
  pause: () => void;
  resume: () => void;
  /** brings it back after stop or kill, and waits until it answers */
  start: () => Promise<void>;
  /** kills it for good, frozen or not */
  end: () => void;
}

const stopLimitMs = 15_000;

/**
 * The signals for processes that are looked up each time, because they are started anew.
 * @param pids each leads a process group
 */
export function signalsFor(pids: () => number[]): Omit<Target, 'start'> {
  const endWith = async (signal: NodeJS.Signals) => {
    const ending = pids();
    for (const pid of ending) signalGroup(pid, signal);
    const gone = () => !ending.some(isAlive);
    if (await waitFor(gone, { timeoutMs: stopLimitMs })) return;
    for (const pid of ending) signalGroup(pid, 'SIGKILL');
    await waitFor(gone, { timeoutMs: stopLimitMs });
  };
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) signalGroup(pid, name);
  };
  return {
    stop: () => endWith('SIGTERM'),
    kill: () => endWith('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    end: () => signal('SIGKILL'),
  };
}
