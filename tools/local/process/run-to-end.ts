import { spawn } from 'node:child_process';
import { StartError } from '../cli/start-error.ts';
import { rootDir } from '../paths.ts';
import { endWithUs } from './end-with-us.ts';

/**
 * Runs a program in the project's folder to its end, quietly.
 * @param what names it in the error
 * @throws {StartError} with all it printed, when it fails
 */
export async function runToEnd(what: string, file: string, args: readonly string[]) {
  const child = spawn(file, args, { cwd: rootDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = endWithUs(child);
  const printed: string[] = [];
  child.stdout.on('data', (data) => printed.push(String(data)));
  child.stderr.on('data', (data) => printed.push(String(data)));
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  forget();
  if (outcome !== 0) throw new StartError(`${what} failed (${outcome}):\n${printed.join('').trim()}`);
}
