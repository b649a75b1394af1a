import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { localDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, output } from './commands.ts';
import { findVersion, isAtLeast, minimumVersions } from './versions.ts';

/** A program of the machine that a service needs. */
export type Program = 'mariadb' | 'redis' | 'java';

export type FoundProgram = { file: string; version: string };

function javaFolders() {
  return process.env.JAVA_HOME ? [path.join(process.env.JAVA_HOME, 'bin')] : [];
}

/**
 * Debian puts the Redis server into a package without a system service too, as redis-check-rdb: its name decides what it does.
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

/**
 * Looks for a program that is new enough.
 * @returns undefined when it is not there
 * @throws {StartError} when it is there, but too old
 */
export async function findProgram(program: Program): Promise<FoundProgram | undefined> {
  const { file, ask } = places[program]();
  if (file === undefined) return undefined;
  const printed = await output(file, [ask]).catch(() => '');
  const version = findVersion(printed);
  if (version === undefined) return undefined;
  const minimum = minimumVersions[program];
  if (!isAtLeast(version, minimum))
    throw new StartError(`${file} is version ${version}; ${minimum} or newer is needed`);
  return { file, version };
}
