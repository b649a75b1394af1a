import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import type { ManagedProcess } from '#tools/local/process/managed-process.ts';
import { signalGroup } from '#tools/local/process/signals.ts';

/** The unit of the times in /proc, on every Linux that Node supports. */
const ticksPerSecond = 100;
const graceMs = 20_000;

/** A process may end at any time, and its files with it. */
function readOrEmpty(file: string) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of /proc/<pid>/stat behind the command: state, parent, … */
function statOf(pid: number) {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Everything below a process, parents before children. */
export function descendantsOf(root: number): { pid: number; command: string }[] {
  const children: Map<number, number[]> = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(statOf(Number(name))[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below: (pid: number) => number[] = (pid) =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root).map((pid) => ({
    pid,
    command: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
  }));
}

/** @returns the sum of the resident sets, in MB of 1,000,000 bytes; shared pages count for each process */
export function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
    return sum + (Number(kibibytes ?? 0) * 1024) / 1e6;
  }, 0);
}

/** @returns the processor time used so far, in ms */
export function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond) * 1000;
  }, 0);
}

/** Stops a service and waits for its descendants, which may outlive it for a moment. */
export async function stopTree(service: ManagedProcess, descendants: readonly number[]) {
  await service.stop(graceMs);
  if (await waitFor(() => !descendants.some(isAlive), { timeoutMs: graceMs })) return;
  for (const pid of descendants) signalGroup(pid, 'SIGKILL');
}

/** A guard that also remembers what it watches, so that all of it can be killed at once, even frozen processes. */
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
