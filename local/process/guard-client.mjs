import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Guard
 * @property {(pid: number) => void} watch end this process when the starter is gone
 * @property {(pid: number) => void} forget
 * @property {(command: string, args: string[], cwd: string) => void} atEnd run this command when the starter is gone
 * @property {() => void} clear forget those commands
 * @property {() => void} close
 */

/**
 * Starts the process that cleans up after a starter that was killed.
 * @returns {Guard}
 */
export function startGuard() {
  const script = fileURLToPath(new URL('./guard.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--max-old-space-size=32', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  child.unref();
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  /** @param {object} message */
  const send = (message) => void child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    watch: (pid) => send({ watch: pid }),
    forget: (pid) => send({ forget: pid }),
    atEnd: (command, args, cwd) => send({ atEnd: { command, args, cwd } }),
    clear: () => send({ clear: true }),
    close: () => void child.stdin.end(),
  };
}
