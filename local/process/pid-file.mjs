import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { endGroup, isAlive } from './signals.mjs';

/** @typedef {{ pid: number, command: string }} PidRecord */

/**
 * @param {string} file
 * @param {PidRecord} record
 */
export function writePidFile(file, record) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(record));
}

/**
 * @param {string} file
 * @returns {PidRecord | undefined} undefined when there is none, or nothing that we wrote
 */
function readPidFile(file) {
  try {
    const { pid, command } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && typeof command === 'string' ? { pid, command } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a pid file, unless somebody else has replaced it.
 * @param {string} file
 * @param {number} pid
 */
export function removePidFile(file, pid) {
  if (readPidFile(file)?.pid === pid) rmSync(file, { force: true });
}

/**
 * The process that a pid file names, if it still is the one that wrote it: pids are used again.
 * @param {string} file
 * @returns {number | undefined}
 */
function runningPid(file) {
  const record = readPidFile(file);
  if (record === undefined || !isAlive(record.pid)) return undefined;
  return isSameCommand(record.command, commandOf(record.pid)) ? record.pid : undefined;
}

/**
 * Whether a running command line is the one that was started; programs may rewrite the start of theirs.
 * @param {string} started
 * @param {string} running
 */
export function isSameCommand(started, running) {
  const words = started.split(' ').slice(1);
  const seen = new Set(running.split(' '));
  return running !== '' && (words.length === 0 || words.filter((word) => seen.has(word)).length * 2 >= words.length);
}

/**
 * Ends a service that an earlier start, killed together with its guard, left behind.
 * @param {string} file
 * @returns {Promise<boolean>} whether there was one
 */
export async function endStale(file) {
  const pid = runningPid(file);
  if (pid !== undefined) await endGroup(pid, { graceMs: 10_000 });
  rmSync(file, { force: true });
  return pid !== undefined;
}

/** @param {number} pid */
function commandOf(pid) {
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
