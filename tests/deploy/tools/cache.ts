import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';

/** What is slow to get and never changes lies outside the repository, so that a fresh clone finds it. */
const cacheDir = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'event-driven-registration',
  `${process.platform}-${process.arch}`,
);

/** A folder that `make` fills once, whoever asks first. */
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
