import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootDir } from '#tools/paths.ts';
import { say } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import { maskSecrets } from '../config/urls.ts';

/** How prepare.js says that a server does not answer (EX_TEMPFAIL): that may heal, everything else may not. */
const unreachableCode = 75;
const longestDelayMs = 10_000;

/**
 * @param attempt from 0
 * @returns milliseconds until the next one
 */
export function retryDelayMs(attempt: number): number {
  return Math.min(longestDelayMs, 1000 * 2 ** attempt);
}

/**
 * Makes databases and tables, or topics, and tries again for as long as the server does not answer.
 * @throws {StartError} when trying again cannot help
 */
export async function prepare(
  part: 'databases' | 'topics',
  { env, signal }: { env: Record<string, string | undefined>; signal: AbortSignal },
) {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const { code, lines } = await run(part, env, signal);
    if (signal.aborted) return { note: 'stopped' };
    if (code === 0) return { note: lines.join(', ') };
    const reason = maskSecrets(lines.at(-1) ?? `ended with ${code}`);
    if (code !== unreachableCode) throw new StartError(`${part}: ${reason}`);
    const delay = retryDelayMs(attempt);
    say(`  … ${part}: ${reason}; next try in ${delay / 1000} s`);
    await sleep(delay, undefined, { signal }).catch(() => {});
  }
  return { note: 'stopped' };
}

function run(
  part: string,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<{ code: number | string; lines: string[] }> {
  const script = path.join(rootDir, 'dist', 'tools', 'local', 'app', 'prepare-servers.js');
  const child = spawn(process.execPath, [script, part], {
    cwd: rootDir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const printed: string[] = [];
  child.stdout.on('data', (data) => printed.push(String(data)));
  child.stderr.on('data', (data) => printed.push(String(data)));
  return new Promise((resolve) => {
    const ended = (code: number | string) =>
      resolve({
        code,
        lines: printed
          .join('')
          .split('\n')
          .filter((line) => line.trim() !== ''),
      });
    child.on('error', (error) => ended(error.message));
    child.on('close', (code, killed) => ended(code ?? killed ?? 1));
  });
}
