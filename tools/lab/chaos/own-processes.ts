import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { descendantsOf } from './process-tree.ts';

/** A guard that also remembers what it watches, so that all of it can be killed at once, whatever its state. */
export function rememberProcesses(guard: Guard): { guard: Guard; killAll: () => Promise<void> } {
  const pids: Set<number> = new Set();
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
}
