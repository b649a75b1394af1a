import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './signals.mjs';

/**
 * Runs one piece of work at a time among all processes that name the same file.
 * @template T
 * @param {string} file
 * @param {() => Promise<T> | T} work
 * @param {{ onWait?: (pid: number) => void }} [options] onWait hears once who holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait } = {}) {
  const release = await acquire(file, onWait);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * @param {string} file
 * @param {((pid: number) => void) | undefined} onWait
 */
async function acquire(file, onWait) {
  let hasTold = false;
  for (;;) {
    const release = tryLock(file);
    if (release !== undefined) return release;
    if (!hasTold) onWait?.(holderOf(file));
    hasTold = true;
    await sleep(100);
  }
}

/**
 * Takes a lock if nobody alive holds it.
 * @param {string} file
 * @returns {(() => void) | undefined} how to give it back
 */
export function tryLock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    // A link appears with its content: nobody ever reads a lock without its owner.
    linkSync(own, file);
    return () => rmSync(file, { force: true });
  } catch {
    removeIfStale(file);
    return undefined;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} file */
function removeIfStale(file) {
  const holder = holderOf(file);
  if (holder === 0 || isAlive(holder)) return;
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    // Somebody may have taken the stale lock between the two lines above: give it back.
    if (holderOf(aside) !== holder) linkSync(aside, file);
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} file
 * @returns {number} the pid, or 0
 */
export function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
