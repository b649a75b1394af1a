import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { localDir, rootDir } from '#tools/paths.ts';

const run = promisify(execFile);

/** The native package for Lambda's Amazon Linux, by Lambda's name of the architecture. */
const PACKAGES = { arm64: '@node-rs/argon2-linux-arm64-gnu', x86_64: '@node-rs/argon2-linux-x64-gnu' };

export type Architecture = keyof typeof PACKAGES;

interface LockedPackage {
  version: string;
  integrity: string;
}

function lockedPackage(name: string): LockedPackage {
  const { packages } = JSON.parse(readFileSync(path.join(rootDir, 'package-lock.json'), 'utf8'));
  const entry = packages[`node_modules/${name}`];
  if (typeof entry?.version !== 'string' || typeof entry.integrity !== 'string')
    throw new Error(`package-lock.json has no version and integrity of ${name}. Run npm install.`);
  return entry;
}

/** @param integrity such as 'sha512-…' */
export function isIntact(tarball: Buffer, integrity: string): boolean {
  const [algorithm = '', digest] = integrity.split('-', 2);
  return createHash(algorithm).update(tarball).digest('base64') === digest;
}

/** Downloads a package through npm and verifies the lock file's checksum. */
async function downloadPackage(name: string, { version, integrity }: LockedPackage, target: string): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.`);
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { stdout } = await run(npm, ['pack', `${name}@${version}`, '--json', '--pack-destination', work], {
      cwd: rootDir,
      shell: process.platform === 'win32',
    });
    const printed: unknown = JSON.parse(stdout);
    const [entry] = Object.values(printed as Record<string, { filename: string }>);
    const tarball = path.join(work, path.basename(entry?.filename ?? ''));
    if (!isIntact(readFileSync(tarball), integrity))
      throw new Error(
        `Checksum of ${name}@${version} differs from package-lock.json. Check the registry that npm uses.`,
      );
    await run('tar', ['-xzf', tarball, '-C', work]);
    if (!existsSync(target)) renameSync(path.join(work, 'package'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Finds argon2's packages for the target processor. npm installs only this machine's native package; another target's is
 * downloaded once and kept in .local.
 * @returns source folders by their path in a function's zip
 */
export async function argon2Packages(architecture: Architecture): Promise<ReadonlyMap<string, string>> {
  const name = PACKAGES[architecture];
  const locked = lockedPackage(name);
  const installed = path.join(rootDir, 'node_modules', name);
  const downloaded = path.join(localDir, 'native', `${name.replace('/', '+')}-${locked.version}`);
  if (!existsSync(installed) && !existsSync(downloaded)) await downloadPackage(name, locked, downloaded);
  return new Map([
    ['node_modules/@node-rs/argon2', path.join(rootDir, 'node_modules', '@node-rs/argon2')],
    [`node_modules/${name}`, existsSync(installed) ? installed : downloaded],
  ]);
}
