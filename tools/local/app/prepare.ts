import { spawn } from 'node:child_process';
import path from 'node:path';
import { backoffMs, pause } from '#shared/async/waiting.ts';
import { rootDir } from '#tools/paths.ts';
import { say } from '../cli/progress.ts';
import { maskSecrets, StartError } from '../cli/start-error.ts';

/** EX_TEMPFAIL, the exit code of prepare-servers.js for a server that does not answer: a retry may help. */
export const unreachableExit = 75;

/** Between two tries. */
export const prepareBackoff = { firstMs: 1000, longestMs: 10_000 };

/**
 * Creates databases and tables, or topics, and retries while the server does not answer.
 * @throws {StartError} when a retry cannot help
 */
export async function prepare(
  part: 'databases' | 'topics',
  { env, signal }: { env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<{ note: string }> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const { code, lines } = await run(part, env, signal);
    if (signal.aborted) break;
    if (code === 0) return { note: lines.join(', ') };
    const reason = maskSecrets(lines.at(-1) ?? `ended with ${code}`);
    if (code !== unreachableExit) throw new StartError(`${part}: ${reason}`);
    const delay = backoffMs(prepareBackoff, attempt);
    say(`  … ${part}: ${reason}; next try in ${delay / 1000} s`);
    await pause(delay, signal);
  }
  return { note: 'stopped' };
}

function run(
  part: string,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<{ code: number | string; lines: string[] }> {
  const script = path.join(rootDir, 'dist', 'tools', 'local', 'app', 'prepare-servers.js');
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, [script, part], { cwd: rootDir, env, stdio: [...stdio], signal });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  return new Promise((resolve) => {
    const ended = (code: number | string) =>
      resolve({ code, lines: printed.split('\n').filter((line) => line.trim() !== '') });
    child.on('error', (error) => ended(error.message));
    child.on('close', (code, killed) => ended(code ?? killed ?? 1));
  });
}
