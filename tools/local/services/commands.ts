import { type ExecFileOptions, execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../cli/start-error.ts';

const run = promisify(execFile);

/** Folders of servers that are not on every user's PATH. */
const extraFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/libexec'];

/**
 * @param first folders to search before PATH
 * @returns the program's path
 */
export function findCommand(name: string, first: string[] = []): string | undefined {
  const onPath = (process.env.PATH ?? '').split(path.delimiter);
  return [...first, ...onPath, ...extraFolders]
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end. It is ended together with this process.
 * @param options mayOutliveUs: the program must not be interrupted
 * @returns its output on both channels
 */
export async function output(
  file: string,
  args: string[],
  { mayOutliveUs = false, ...options }: ExecFileOptions & { mayOutliveUs?: boolean } = {},
): Promise<string> {
  const running = run(file, args, { ...options, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const end = () => void running.child.kill('SIGTERM');
  if (!mayOutliveUs) process.once('exit', end);
  try {
    const { stdout, stderr } = await running;
    return `${stdout}${stderr}`;
  } finally {
    process.off('exit', end);
  }
}

/**
 * Runs a program to its end.
 * @throws {StartError} that starts with `what` and ends with what the program printed, on either channel
 */
export async function outputOrFail(what: string, file: string, args: string[]): Promise<string> {
  try {
    return await output(file, args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The message has what came on stderr.
    const printed = 'stdout' in error ? String(error.stdout).trim() : '';
    throw new StartError([`${what} failed:`, error.message.trim(), printed].filter(Boolean).join('\n'));
  }
}
