import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typescriptOptions } from './node-arguments.ts';

export interface Guard {
  /** Ends this process once the starter has ended. */
  watch: (pid: number) => void;
  forget: (pid: number) => void;
  /** Runs this command once the starter has ended. */
  atEnd: (command: string, args: string[], cwd: string) => void;
  /** Forgets those commands. */
  clear: () => void;
  close: () => void;
}

/** For a container: what runs in it ends with it. */
export const noGuard: Guard = { watch() {}, forget() {}, atEnd() {}, clear() {}, close() {} };

/** Starts the process that cleans up after a killed starter. */
export function startGuard(): Guard {
  const script = fileURLToPath(new URL('./guard.ts', import.meta.url));
  const child = spawn(process.execPath, [...typescriptOptions, '--max-old-space-size=32', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // It runs programs such as docker, and must not load what NODE_OPTIONS names.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.unref();
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const send = (message: object) => void child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    watch: (pid) => send({ watch: pid }),
    forget: (pid) => send({ forget: pid }),
    atEnd: (command, args, cwd) => send({ atEnd: { command, args, cwd } }),
    clear: () => send({ clear: true }),
    close: () => void child.stdin.end(),
  };
}
