import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Lock files between processes. JavaScript, because the bootstrap needs one before the packages are installed.
 * A lock holds "<pid> <start time>": after a reboot or in a restarted container another process may have the same pid.
 */

const hasProc = existsSync('/proc/self/stat');

/** The locks that this process holds. */
const held = new Set();

/**
 * Fields 3 and later of /proc/<pid>/stat; field 2, the name, may hold spaces and parentheses.
 * @param {number} pid
 * @returns {string[]} empty when the system has none
 */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/**
 * When a process started, in the system's own notation reduced to lower-case letters, digits and hyphens, so that it can be
 * part of a Compose project's name; empty when the system does not say.
 * @param {number} pid
 * @returns {string}
 */
export function startTimeOf(pid) {
  if (hasProc) return statOf(pid)[19] ?? '';
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return (stdout ?? '')
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}

/**
 * Whether a process exists and is not a zombie, which has ended but was not yet waited for by its parent.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return statOf(pid)[0] !== 'Z';
}

/**
 * Whether a process is running, and is the one that started then: pids are reused.
 * @param {number} pid
 * @param {string} startTime empty where it is not known: then the pid alone decides
 */
export function isRunning(pid, startTime) {
  if (!isAlive(pid)) return false;
  const now = startTimeOf(pid);
  return startTime === '' || now === '' || now === startTime;
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

/**
 * Whether the process that a lock or a pid file names is running, and is the one that it was written for.
 * @param {string} file
 * @param {string} name the lock's own name, where `file` is a copy
 */
export function isHeld(file, name = file) {
  const { pid, startTime } = read(file);
  if (pid === process.pid) return held.has(name);
  return pid !== 0 && isRunning(pid, startTime);
}

/**
 * Acquires a lock unless a running process holds it. A stale lock is replaced.
 * @param {string} file
 * @returns {(() => void) | undefined} releases the lock
 */
export function tryLock(file) {
  return create(file) ?? (removeStale(file) ? create(file) : undefined);
}

/**
 * @param {string} file
 * @returns {(() => void) | undefined}
 */
function create(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startTimeOf(process.pid)}`);
  try {
    // A link appears together with its content: no process reads a lock without its holder.
    linkSync(own, file);
  } catch {
    return undefined;
  } finally {
    rmSync(own, { force: true });
  }
  held.add(file);
  return () => {
    if (held.delete(file) && holderOf(file) === process.pid) rmSync(file, { force: true });
  };
}

/**
 * @param {string} file
 * @returns {boolean} false when a running process holds the lock
 */
function removeStale(file) {
  if (isHeld(file)) return false;
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    // Another process may have replaced the stale lock before the rename: then put its lock back.
    if (!isHeld(aside, file)) return true;
    linkSync(aside, file);
    return false;
  } catch {
    return true; // Another process removed it first.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {string} file @param {number} pid */
function reportWait(file, pid) {
  process.stdout.write(`  … waiting for process ${pid}, which holds ${path.basename(file)}\n`);
}

/**
 * Runs `work` while no other process that names the same file does.
 * @template T
 * @param {string} file
 * @param {() => Promise<T> | T} work
 * @param {{ onWait?: (pid: number) => void }} [options] onWait is called once with the pid of another process that holds the
 *   lock; by default it is printed
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait = (pid) => reportWait(file, pid) } = {}) {
  let hasReported = false;
  let release = tryLock(file);
  while (release === undefined) {
    const holder = holderOf(file);
    if (!hasReported && holder !== 0 && holder !== process.pid) {
      onWait(holder);
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
