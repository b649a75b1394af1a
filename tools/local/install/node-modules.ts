import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { say } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import { rootDir, runDir } from '../paths.ts';
import { withLock } from '../process/lock.ts';
import { runToEnd } from '../process/run-to-end.ts';

export type LockFile = {
  packages?: Record<string, { version?: string; optional?: boolean; link?: boolean; peer?: boolean }>;
};

/**
 * Whether what npm says it installed is what the lock file asks for.
 * @param wanted package-lock.json
 * @param installed node_modules/.package-lock.json, which npm writes when it is done
 */
export function isInstalled(wanted: LockFile, installed: LockFile | undefined): boolean {
  if (installed?.packages === undefined) return false;
  const have = installed.packages;
  return Object.entries(wanted.packages ?? {})
    .filter(([name, entry]) => name.includes('node_modules/') && entry.optional !== true)
    .every(([name, entry]) => name in have && have[name]?.version === entry.version);
}

/**
 * Installs the packages when the lock file changed since the last time; only one process at a time does.
 * @throws {StartError}
 */
export async function ensureNodeModules(): Promise<{ note: string }> {
  if (areInstalled()) return { note: 'unchanged' };
  return await withLock(
    path.join(runDir, 'npm.lock'),
    async () => {
      if (areInstalled()) return { note: 'installed by another start' };
      await npmCi();
      return { note: 'installed' };
    },
    { onWait: (pid) => say(`  … packages are being installed by process ${pid}`) },
  );
}

/** @returns whether node_modules is what the lock file asks for */
export function areInstalled(): boolean {
  const wanted = readLock(path.join(rootDir, 'package-lock.json'));
  if (wanted === undefined) throw new StartError('package-lock.json is missing or not readable');
  return isInstalled(wanted, readLock(path.join(rootDir, 'node_modules', '.package-lock.json')));
}

function readLock(file: string): LockFile | undefined {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

async function npmCi() {
  const cli = process.env.npm_execpath;
  const isNpm = cli !== undefined && /npm-cli\.[cm]?js$/.test(cli);
  const [file, first] = isNpm ? [process.execPath, [cli]] : ['npm', []];
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await runToEnd('npm ci', file, args);
}
