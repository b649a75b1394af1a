import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitFor } from './wait-for.ts';

/** Runs the framework in a folder. */
export class RunningService {
  log = '';
  readonly exitCode: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(
    folder: string,
    env: Readonly<Record<string, string>> = {},
    command: readonly string[] = ['offline', 'start'],
  ) {
    this.#child = spawn(process.execPath, ['node_modules/serverless/bin/serverless.js', ...command], {
      cwd: folder,
      env: { ...process.env, SLS_INTERACTIVE_SETUP_ENABLE: '0', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.log += data.toString();
      });
    }
    this.exitCode = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code)));
  }

  /** Most memory that the process has had, in MB. */
  get peakMb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  waitFor<T>(what: string, look: () => T | Promise<T>, timeoutMs = 90_000): Promise<NonNullable<T>> {
    return waitFor(what, look, { timeoutMs, details: () => this.log.slice(-4_000) });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it by a signal. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal);
    return this.exitCode;
  }
}
