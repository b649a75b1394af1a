import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { localDir } from '#tools/paths.ts';

const benchDir = path.join(localDir, 'bench');

/** @returns an empty folder of this run's own */
export function newFolder(): string {
  const folder = path.join(benchDir, `${process.pid}-${randomBytes(3).toString('hex')}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Those of this run, and what runs that were killed have left. */
export function removeFolders() {
  mkdirSync(benchDir, { recursive: true });
  for (const name of readdirSync(benchDir)) {
    const owner = Number(name.split('-')[0]);
    if (owner === process.pid || !isAlive(owner))
      rmSync(path.join(benchDir, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
