import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './signals.ts';

/**
 * Runs one piece of work at a time among all processes that name the same file.
 * @param options onWait hears once who holds the lock
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T> | T,
  { onWait }: { onWait?: (pid: number) => void } = {},
): Promise<T> {
  const release = await acquire(file, onWait);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(file: string, onWait: ((pid: number) => void) | undefined) {
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
 * @returns how to give it back
 */
export function tryLock(file: string): (() => void) | undefined {
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

function removeIfStale(file: string) {
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

/** @returns the pid, or 0 */
export function holderOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
