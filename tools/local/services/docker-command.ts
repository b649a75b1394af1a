import { spawn } from 'node:child_process';
import { rootDir } from '#tools/paths.ts';
import { type Guard, noGuard } from '../process/guard-client.ts';
import { signalGroup } from '../process/signals.ts';

/** Starting and stopping containers takes seconds. */
const commandMs = 120_000;

export interface Limits {
  /** Kills the command when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Kills the command after this time. */
  limitMs?: number;
  /** Ends the command when this process is killed. */
  guard?: Guard;
}

/** An engine may accept a connection and never answer. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

/**
 * Runs `docker` to its end, in a process group of its own: Ctrl-C must not interrupt it in the middle.
 * @returns its standard output
 * @throws with what it printed to standard error
 */
export function docker(
  args: readonly string[],
  { env, signal, limitMs = commandMs, guard = noGuard }: Limits & { env?: Record<string, string | undefined> } = {},
): Promise<string> {
  if (signal?.aborted) return Promise.reject(new Error('interrupted'));
  const what = `docker ${args.join(' ')}`;
  const child = spawn('docker', args, { cwd: rootDir, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const pid = child.pid ?? 0;
  if (pid > 0) guard.watch(pid);
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise<string>((resolve, reject) => {
    const end = (error: Error) => {
      reject(error);
      if (pid > 0) signalGroup(pid, 'SIGKILL');
    };
    const interrupt = () => end(new Error('interrupted'));
    const limit = setTimeout(() => end(new NoAnswerError(`${what} did not end within ${limitMs / 1000} s`)), limitMs);
    signal?.addEventListener('abort', interrupt);
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', interrupt);
      guard.forget(pid);
      if (code === 0) resolve(out);
      else reject(new Error(errors.trim() || `${what} ended with ${code ?? killedBy}`));
    });
  });
}
