import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { endWithUs } from '../process/end-with-us.mjs';

const run = promisify(execFile);

/** Servers live in folders that are not on every user's PATH. */
const extraFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/libexec'];

/**
 * @param {string} name
 * @param {string[]} [first] folders to look in before PATH
 * @returns {string | undefined} the program's path
 */
export function findCommand(name, first = []) {
  const onPath = (process.env.PATH ?? '').split(path.delimiter);
  return [...first, ...onPath, ...extraFolders]
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').ExecFileOptions & { mayOutliveUs?: boolean }} [options] mayOutliveUs: must not be interrupted
 * @returns {Promise<string>} what it printed, on either channel
 */
export async function output(file, args, { mayOutliveUs = false, ...options } = {}) {
  const running = run(file, args, { ...options, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const forget = mayOutliveUs ? () => {} : endWithUs(running.child);
  try {
    const { stdout, stderr } = await running;
    return `${stdout}${stderr}`;
  } finally {
    forget();
  }
}
