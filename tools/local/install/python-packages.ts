import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { localDir, runDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, output, outputOrFail } from '../services/commands.ts';
import { hasApt, installPackages } from './apt.ts';

/** Arguments of Python: refuses files without a known hash, and packages that would run their own setup. */
export const pipInstall = [
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
  ...['--require-hashes', '--only-binary', ':all:'],
];

/**
 * Installs Python programs into a virtual environment below .local, once per list.
 * @param requirements pip's file of exact versions with hashes
 * @returns the folder of the programs
 * @throws {StartError}
 */
export async function ensurePythonPackages(requirements: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const home = path.join(localDir, 'python', digest);
  const finished = path.join(home, 'finished');
  const programs = path.join(home, 'bin');
  if (existsSync(finished)) return programs;
  return await withLock(path.join(runDir, `python-${digest}.lock`), async () => {
    if (existsSync(finished)) return programs;
    rmSync(home, { recursive: true, force: true });
    mkdirSync(path.dirname(home), { recursive: true });
    await createEnvironment(home);
    await outputOrFail('pip install', path.join(programs, 'python'), [...pipInstall, '--requirement', requirements]);
    writeFileSync(finished, '');
    return programs;
  });
}

/**
 * Creates a virtual environment with pip; installs Python's venv module first where it is missing.
 * @throws {StartError}
 */
export async function createEnvironment(home: string): Promise<void> {
  const venv = ['-m', 'venv', home];
  try {
    await output(findCommand('python3') ?? 'python3', venv);
  } catch {
    // Debian ships Python without venv, or no Python.
    if (!hasApt()) throw new StartError('Python 3.11 or later with the venv module is missing: install it');
    await installPackages(['python']);
    rmSync(home, { recursive: true, force: true });
    await outputOrFail('python3 -m venv', findCommand('python3') ?? 'python3', venv);
  }
}
