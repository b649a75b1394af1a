import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '../cli/wait-for.ts';

/**
 * Sends a signal to a process group, or to the process alone where it leads no group.
 * @returns whether one of them exists
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return true;
    } catch {
      // No such group or process, or one of another user.
    }
  }
  return false;
}

/** Signals a process group to end, and kills it after the grace period. */
export async function endGroup(
  pid: number,
  { graceMs, signal = 'SIGTERM' }: { graceMs: number; signal?: NodeJS.Signals },
) {
  if (!signalGroup(pid, signal)) return;
  if (await waitFor(() => !isAlive(pid), { timeoutMs: graceMs })) return;
  signalGroup(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), { timeoutMs: 2000 });
}
