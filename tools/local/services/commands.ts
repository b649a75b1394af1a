import { type ExecFileOptions, execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { endWithUs } from '../process/end-with-us.ts';

const run = promisify(execFile);

/** Servers live in folders that are not on every user's PATH. */
const extraFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/libexec'];

/**
 * @param first folders to look in before PATH
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
 * Runs a program to its end.
 * @param options mayOutliveUs: must not be interrupted
 * @returns what it printed, on either channel
 */
export async function output(
  file: string,
  args: string[],
  { mayOutliveUs = false, ...options }: ExecFileOptions & { mayOutliveUs?: boolean } = {},
): Promise<string> {
  const running = run(file, args, { ...options, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const forget = mayOutliveUs ? () => {} : endWithUs(running.child);
  try {
    const { stdout, stderr } = await running;
    return `${stdout}${stderr}`;
  } finally {
    forget();
  }
}
