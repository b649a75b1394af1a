import { cpSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { arePackagesInstalled, installPackages } from '#tools/bootstrap/run.mjs';
import { localDir, rootDir, runDir } from '#tools/paths.ts';

const source = path.join(rootDir, 'tools', 'local', 'install', 'maildev');

/**
 * Installs maildev below .local where it is missing, as its own lock file pins it. As a dependency of this project it would add
 * a third to node_modules, for Docker's users and for CI too.
 * @returns its program
 */
export async function ensureMaildev(): Promise<string> {
  const home = path.join(localDir, 'maildev');
  await withLock(path.join(runDir, 'maildev.lock'), async () => {
    cpSync(source, home, { recursive: true });
    if (!arePackagesInstalled(home)) await installPackages('mail catcher', home);
  });
  return path.join(home, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js');
}
