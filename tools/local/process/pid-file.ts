import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { holderOf, isHeld, isRunning, startTimeOf } from '#tools/bootstrap/lock.mjs';
import { endGroup } from './signals.ts';

/** Writes a pid file. Like a lock it names the process by pid and start time, because pids are reused. */
export function writePidFile(file: string, pid: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${pid} ${startTimeOf(pid)}`);
}

/** Removes a pid file unless another process has replaced it. */
export function removePidFile(file: string, pid: number): void {
  if (holderOf(file) === pid) rmSync(file, { force: true });
}

/**
 * Ends the process that a pid file names, if it is still running, and removes the file.
 * @returns whether it was running
 */
export async function endStale(file: string): Promise<boolean> {
  const isRunning = isHeld(file);
  if (isRunning) await endGroup(holderOf(file), { graceMs: 10_000 });
  rmSync(file, { force: true });
  return isRunning;
}

/** Names what belongs to a process, such as a folder or a Compose project, so that it can be removed once the process has ended. */
export function processName(pid: number): string {
  return `${pid}-${startTimeOf(pid)}`;
}

/** Whether a name is a {@link processName}, and its process has ended. */
export function isAbandoned(name: string): boolean {
  const [, pid, startTime = ''] = /^(\d+)-([a-z0-9-]+)$/.exec(name) ?? [];
  return pid !== undefined && !isRunning(Number(pid), startTime);
}
