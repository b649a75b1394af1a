import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import type { StartedService } from '#tools/local/services/service.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** A process, or several that are one service, as the injector sees it. */
export interface Target {
  pids: () => readonly number[];
  /** Ends it and waits for the end. */
  stop: () => Promise<void>;
  kill: () => Promise<void>;
  pause: () => Promise<void> | void;
  resume: () => Promise<void> | void;
  /** Starts it again after stop or kill, and waits until it answers. */
  start: () => Promise<void>;
  /** Kills it for good, paused or not. */
  end: () => Promise<void> | void;
}

/** What a fault can do to one dependency. */
export interface Victim {
  /** none where its clients connect directly */
  proxies: readonly TcpProxy[];
  /** its process, where this run started it */
  target: Target | undefined;
  /** of several servers: the one to break now */
  choose?: () => Promise<Victim>;
  /** whom its mails come from */
  senders?: readonly string[];
  /** why its process is left alone */
  foreign?: string;
  /** why its clients do not connect through the proxy */
  unproxied?: string;
}

/** A process that has not ended by then is killed; on a busy machine an orderly end takes more than ten seconds. */
const stopLimitMs = 30_000;

/**
 * @param pids looked up for each signal, because a restart changes them; each leads a process group
 * @param start starts it again after stop or kill, and waits until it answers
 */
export function targetOf(pids: () => readonly number[], start: () => Promise<void>): Target {
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
    stop: () => endWith('SIGTERM'),
    kill: () => endWith('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    start,
    end: () => signal('SIGKILL'),
  };
}

/** Starts a server's process, which can be started again after stop or kill. */
export async function startTarget(launch: () => Promise<StartedService> | StartedService): Promise<Target> {
  let pid = 0;
  const start = async () => {
    const { service, ready } = await launch();
    pid = service.pid;
    await ready;
  };
  await start();
  return targetOf(() => (pid > 0 ? [pid] : []), start);
}

/** Several processes of the same kind as one victim. */
export function together(victims: readonly Victim[]): Victim {
  const targets = victims.flatMap(({ target }) => target ?? []);
  const pids = () => targets.flatMap((target) => target.pids());
  return {
    proxies: victims.flatMap(({ proxies }) => proxies),
    target: targetOf(pids, async () => void (await Promise.all(targets.map(({ start }) => start())))),
    senders: victims.flatMap(({ senders = [] }) => senders),
  };
}
