import { waitFor } from '#local/cli/wait-for.mjs';
import { isAlive, signalGroup } from '#local/process/signals.mjs';
import { descendantsOf } from './process-tree.mjs';

/**
 * A guard that also remembers what it watches, so that all of it can be killed at once, whatever its state.
 * @param {import('#local/process/guard-client.mjs').Guard} guard
 * @returns {{ guard: import('#local/process/guard-client.mjs').Guard, killAll: () => Promise<void> }}
 */
export const rememberProcesses = (guard) => {
  /** @type {Set<number>} */
  const pids = new Set();
  const killAll = async () => {
    const all = [...pids].flatMap((pid) => [pid, ...descendantsOf(pid).map((child) => child.pid)]);
    for (const pid of all) signalGroup(pid, 'SIGKILL');
    await waitFor(() => !all.some(isAlive), { timeoutMs: 5000 });
  };
  return {
    guard: {
      ...guard,
      watch: (pid) => {
        pids.add(pid);
        guard.watch(pid);
      },
      forget: (pid) => {
        pids.delete(pid);
        guard.forget(pid);
      },
    },
    killAll,
  };
};
