import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Lock files between processes. JavaScript, because the bootstrap needs one before the packages are installed.
 * A lock holds "<pid> <start time>": after a reboot, or in a container that was restarted, another process may have the pid.
 */

/**
 * When a process started, in the system's own unit; undefined where the system does not say (no /proc).
 * @param {number} pid
 * @returns {string | undefined}
 */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * Whether a process exists and has not merely ended unnoticed by its parent (a zombie).
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return true;
  }
}

/** @param {string} file */
function read(file) {
  try {
    const [pid = '', startTime = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid) || 0, startTime };
  } catch {
    return { pid: 0, startTime: '' };
  }
}

/**
 * The pid in a lock file; 0 when there is no lock.
 * @param {string} file
 * @returns {number}
 */
export function holderOf(file) {
  return read(file).pid;
}

/** @param {string} file */
function isHeld(file) {
  const { pid, startTime } = read(file);
  if (pid === 0) return true; // vanished meanwhile: try again
  if (!isAlive(pid)) return false;
  const now = startTimeOf(pid);
  return startTime === '' || now === undefined || now === startTime;
}

/**
 * Acquires a lock unless a running process holds it. A stale lock is removed, and acquired by the next call.
 * @param {string} file
 * @returns {(() => void) | undefined} releases the lock
 */
export function tryLock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startTimeOf(process.pid) ?? ''}`);
  try {
    // A link appears together with its content, so a lock is never read without its owner.
    linkSync(own, file);
    return () => rmSync(file, { force: true });
  } catch {
    if (!isHeld(file)) removeStale(file);
    return undefined;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} file */
function removeStale(file) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    // Another process may have replaced the stale lock before the rename: then put its lock back.
    if (isHeld(aside)) linkSync(aside, file);
  } catch {
    // Another process removed it first.
  }
  rmSync(aside, { force: true });
}

/**
 * Runs `work` while no other process that names the same file does.
 * @template T
 * @param {string} file
 * @param {() => Promise<T> | T} work
 * @param {{ onWait?: (pid: number) => void }} [options] onWait is called once, with the pid of the holder
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait } = {}) {
  let hasReported = false;
  let release = tryLock(file);
  while (release === undefined) {
    const holder = holderOf(file);
    if (!hasReported && holder !== 0 && isHeld(file)) {
      onWait?.(holder);
      hasReported = true;
    }
    await sleep(100);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
