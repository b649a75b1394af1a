import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** A process, or several that are one service, as the injector sees it. */
export type Target = ReturnType<typeof targetOf>;

/** What a fault can do to one dependency. */
export interface Victim {
  /** none where its clients connect directly */
  proxies: readonly TcpProxy[];
  /** its process, where this run started it */
  target: Target | undefined;
  /** why its process is left alone */
  foreign?: string;
  /** why its clients do not connect through the proxy */
  unproxied?: string;
}

const stopLimitMs = 15_000;

/**
 * @param pids looked up for each signal, because a restart changes them; each leads a process group
 * @param start starts it again after stop or kill, and waits until it answers
 */
export function targetOf(pids: () => readonly number[], start: () => Promise<void>) {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids()) signalGroup(pid, name);
  };
  const endWith = async (name: NodeJS.Signals) => {
    const ending = pids();
    const isGone = () => !ending.some(isAlive);
    for (const each of [name, 'SIGKILL'] as const) {
      for (const pid of ending) signalGroup(pid, each);
      if (await waitFor(isGone, { timeoutMs: stopLimitMs })) return;
    }
  };
  return {
    pids,
    /** sends SIGTERM and waits for the end */
    stop: () => endWith('SIGTERM'),
    kill: () => endWith('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    start,
    /** kills it for good, frozen or not */
    end: () => signal('SIGKILL'),
  };
}
