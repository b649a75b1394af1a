import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';

/** Tools that are slow to build and never change. Outside the repository, so that every clone shares them. */
const cacheDir = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'event-driven-registration',
  `${process.platform}-${process.arch}`,
);

/** Returns a folder that `make` fills once; concurrent processes wait for it. */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(cacheDir, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheDir, { recursive: true });
  return withLock(path.join(cacheDir, `${name}.lock`), async () => {
    if (existsSync(folder)) return folder;
    const unfinished = mkdtempSync(`${folder}.`);
    try {
      await make(unfinished);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return folder;
  });
}
