import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { endGroup } from './signals.ts';

export type PidRecord = { pid: number; command: string };

export function writePidFile(file: string, record: PidRecord) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(record));
}

/** @returns undefined when there is none, or none of ours */
function readPidFile(file: string): PidRecord | undefined {
  try {
    const { pid, command } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && typeof command === 'string' ? { pid, command } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a pid file unless another process has replaced it. */
export function removePidFile(file: string, pid: number) {
  if (readPidFile(file)?.pid === pid) rmSync(file, { force: true });
}

/** The process that a pid file names, if it still runs the same command: pids are reused. */
function runningPid(file: string): number | undefined {
  const record = readPidFile(file);
  if (record === undefined || !isAlive(record.pid)) return undefined;
  return isSameCommand(record.command, commandOf(record.pid)) ? record.pid : undefined;
}

/** Whether a running command line is the one that was started; a program may rewrite the start of its own. */
export function isSameCommand(started: string, running: string) {
  const words = started.split(' ').slice(1);
  const seen = new Set(running.split(' '));
  return running !== '' && (words.length === 0 || words.filter((word) => seen.has(word)).length * 2 >= words.length);
}

/**
 * Ends the process that a pid file names.
 * @returns whether it was running
 */
export async function endStale(file: string): Promise<boolean> {
  const pid = runningPid(file);
  if (pid !== undefined) await endGroup(pid, { graceMs: 10_000 });
  rmSync(file, { force: true });
  return pid !== undefined;
}

function commandOf(pid: number) {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(file, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
