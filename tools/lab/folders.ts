import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { localDir } from '#tools/paths.ts';

const labDir = path.join(localDir, 'lab');

/** Creates an empty folder that belongs to this process. */
export function newFolder(): string {
  const folder = path.join(labDir, `${process.pid}-${randomBytes(3).toString('hex')}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes the folders of this process and of processes that no longer run. */
export function removeFolders() {
  mkdirSync(labDir, { recursive: true });
  for (const name of readdirSync(labDir)) {
    const owner = Number(name.split('-')[0]);
    if (owner === process.pid || !isAlive(owner)) removeFolder(path.join(labDir, name));
  }
}

export function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
