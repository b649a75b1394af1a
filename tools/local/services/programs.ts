import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { localDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, output } from './commands.ts';

/** A program that a service needs. */
export type Program = 'mariadb' | 'redis' | 'java';

export type FoundProgram = { file: string; version: string };

function javaFolders() {
  // Homebrew does not link openjdk, and macOS's own java is only a hint to install one.
  const homebrew = ['/opt/homebrew', '/usr/local'].map((prefix) => path.join(prefix, 'opt', 'openjdk', 'bin'));
  return [...(process.env.JAVA_HOME ? [path.join(process.env.JAVA_HOME, 'bin')] : []), ...homebrew];
}

/**
 * Debian's redis-tools contains the server under the name redis-check-rdb, without a system service. The program reads its own
 * name to decide what to do.
 */
function findRedis(): string | undefined {
  const disguised = findCommand('redis-check-rdb');
  const server = findCommand('redis-server');
  if (server !== undefined || disguised === undefined) return server;
  const link = path.join(localDir, 'bin', 'redis-server');
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(disguised, link);
  return link;
}

const places: Record<Program, () => { file: string | undefined; ask: string }> = {
  mariadb: () => ({ file: findCommand('mariadbd'), ask: '--version' }),
  redis: () => ({ file: findRedis(), ask: '--version' }),
  java: () => ({ file: findCommand('java', javaFolders()), ask: '-version' }),
};

/** The oldest release of each server that the local run is tested with. */
const minimumVersions: Record<Program, string> = { mariadb: '10.6', redis: '6.2', java: '17' };

/**
 * Finds a program on this machine.
 * @throws {StartError} when it is too old
 */
export async function findProgram(program: Program): Promise<FoundProgram | undefined> {
  const { file, ask } = places[program]();
  if (file === undefined) return undefined;
  const version = findVersion(await output(file, [ask]).catch(() => ''));
  if (version === undefined) return undefined;
  const minimum = minimumVersions[program];
  if (!isAtLeast(version, minimum))
    throw new StartError(`${file} is version ${version}: install ${minimum} or newer, or set the service's URL`);
  return { file, version };
}

/**
 * Finds the first version number in a program's output.
 * @param text such as `mariadbd  Ver 10.11.19-MariaDB` or `openjdk version "17.0.15" 2025-04-15`
 */
export function findVersion(text: string): string | undefined {
  return /(?:\bVer |\bv=|version "|\bversion )(\d+(?:\.\d+)*)/i.exec(text)?.[1];
}

export function isAtLeast(version: string, minimum: string): boolean {
  const [have = [], need = []] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of need.entries()) {
    const found = have[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
