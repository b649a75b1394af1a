import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { localDir, rootDir } from '#tools/paths.ts';

const run = promisify(execFile);

/** What runs on Lambda's Amazon Linux, by the architecture's name there. */
const PACKAGES = { arm64: '@node-rs/argon2-linux-arm64-gnu', x86_64: '@node-rs/argon2-linux-x64-gnu' };

export type Architecture = keyof typeof PACKAGES;

export type Locked = { version: string; integrity: string };

/** @returns what package-lock.json says */
function locked(name: string): Locked {
  const { packages } = JSON.parse(readFileSync(path.join(rootDir, 'package-lock.json'), 'utf8'));
  const entry = packages[`node_modules/${name}`];
  if (typeof entry?.version !== 'string' || typeof entry.integrity !== 'string')
    throw new Error(`package-lock.json does not lock ${name}`);
  return entry;
}

/** @param integrity such as 'sha512-…' */
export function isIntact(tarball: Buffer, integrity: string): boolean {
  const [algorithm = '', digest] = integrity.split('-', 2);
  return createHash(algorithm).update(tarball).digest('base64') === digest;
}

/** Fetches the package through npm, in exactly the version and content that the lock file names. */
async function fetchPackage(name: string, { version, integrity }: Locked, target: string) {
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
      throw new Error(`${name}@${version} is not what package-lock.json names`);
    await run('tar', ['-xzf', tarball, '-C', work]);
    if (!existsSync(target)) renameSync(path.join(work, 'package'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The folders that make argon2 work on Lambda, by where they belong in a function's zip. npm installs only this machine's
 * native package; the target's is fetched once and kept in .local.
 */
export async function argon2Packages(architecture: Architecture): Promise<ReadonlyMap<string, string>> {
  const name = PACKAGES[architecture];
  const lock = locked(name);
  const installed = path.join(rootDir, 'node_modules', name);
  const fetched = path.join(localDir, 'native', `${name.replace('/', '+')}-${lock.version}`);
  if (!existsSync(installed) && !existsSync(fetched)) await fetchPackage(name, lock, fetched);
  return new Map([
    ['node_modules/@node-rs/argon2', path.join(rootDir, 'node_modules', '@node-rs/argon2')],
    [`node_modules/${name}`, existsSync(installed) ? installed : fetched],
  ]);
}
