import { readFileSync } from 'node:fs';
import { waitFor } from '../cli/wait-for.ts';

/**
 * Sends a signal to a process group, or to the process alone where it leads none.
 * @returns whether there was anything to signal
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return true;
    } catch {
      // No such group or process, or not ours.
    }
  }
  return false;
}

/**
 * @returns whether the process runs, be it somebody else's; one that has ended and waits for its parent to notice does not
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return true;
  }
}

/** Asks a process group to end, and makes it end when it does not in time. */
export async function endGroup(
  pid: number,
  { graceMs, signal = 'SIGTERM' }: { graceMs: number; signal?: NodeJS.Signals },
) {
  if (!signalGroup(pid, signal)) return;
  if (await waitFor(() => !isAlive(pid), { timeoutMs: graceMs })) return;
  signalGroup(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), { timeoutMs: 2000 });
}
