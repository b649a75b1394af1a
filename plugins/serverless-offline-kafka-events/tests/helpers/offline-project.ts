import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LambdaKafkaEvent } from '../../src/record/record.ts';
import { freePort } from './free-port.ts';
import { findNodeModules } from './node-modules.ts';
import { COMMONJS, HANDLERS, MISBEHAVING, RELOAD_PLUGIN } from './project-files.ts';
import { RunningService } from './running-service.ts';
import { type ProjectOptions, serviceConfiguration } from './service-configuration.ts';
import { waitFor } from './wait-for.ts';

/** One line that a handler wrote. */
export interface Call {
  readonly function: string;
  readonly phase: 'start' | 'end';
  readonly at: number;
  readonly code: number;
  readonly event: LambdaKafkaEvent;
  /** Size of the event's JSON, from `weigh`. */
  readonly bytes?: number;
}

/** A project that uses the plugin, in its own folder and process. */
export class OfflineProject {
  readonly folder: string;
  readonly #options: ProjectOptions;
  #service: RunningService | null = null;

  constructor(options: ProjectOptions) {
    this.#options = options;
    this.folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'kafka-events-test-')));
    symlinkSync(findNodeModules(), path.join(this.folder, 'node_modules'));
    this.write('package.json', '{"type":"module"}');
    this.write('handler.js', HANDLERS);
    this.write('misbehaving.js', MISBEHAVING);
    this.write('common.cjs', COMMONJS);
    this.write('reload.cjs', RELOAD_PLUGIN);
    this.write('calls.jsonl', '');
  }

  async start(): Promise<this> {
    const [httpPort, lambdaPort] = [await freePort(), await freePort()];
    this.write('serverless.yml', JSON.stringify(serviceConfiguration(this.#options, httpPort, lambdaPort)));
    this.#service = new RunningService(this.folder, {}, this.#options.command);
    return this;
  }

  /** Output of the process since its start. */
  get log(): string {
    return this.#service?.log ?? '';
  }

  get peakMb(): number {
    return this.#service?.peakMb ?? 0;
  }

  write(file: string, content: string): void {
    writeFileSync(path.join(this.folder, file), content);
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  calls(functionKey: string, phase: Call['phase'] = 'start'): Call[] {
    return readFileSync(path.join(this.folder, 'calls.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Call)
      .filter((call) => call.function === functionKey && call.phase === phase);
  }

  /** The values that a function received, one list per invocation. */
  values(functionKey: string, phase: Call['phase'] = 'start'): string[][] {
    return this.calls(functionKey, phase).map(({ event }) =>
      Object.values(event.records).flatMap((records) =>
        records.map(({ value }) => (value === undefined ? '(none)' : Buffer.from(value, 'base64').toString())),
      ),
    );
  }

  /** Parsed log lines of the plugin with this message. */
  lines(message: string): Record<string, unknown>[] {
    return this.log
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}') && line.includes('"source":"kafka-events"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.message === message);
  }

  waitFor<T>(what: string, look: () => T | Promise<T>, timeoutMs = 90_000): Promise<NonNullable<T>> {
    // The lines of invocations would hide the others.
    const details = () => this.log.replaceAll(/^.*(?:"message":"invocation"|\(λ: ).*\n/gm, '').slice(-6_000);
    return waitFor(what, look, { timeoutMs, details });
  }

  untilJoined(count: number): Promise<true> {
    return this.waitFor(
      `${count} mappings to join their groups`,
      () => this.lines('joined the group').length >= count || null,
    );
  }

  /** Lets gated handlers end. */
  openGate(): void {
    appendFileSync(path.join(this.folder, 'gate'), 'open');
  }

  async reload(): Promise<void> {
    rmSync(path.join(this.folder, 'reloaded'), { force: true });
    this.write('reload', '');
    await this.waitFor('the reload', () => existsSync(path.join(this.folder, 'reloaded')));
  }

  signal(signal: NodeJS.Signals): void {
    this.#service?.signal(signal);
  }

  exitCode(): Promise<number | null> {
    return this.#service?.exitCode ?? Promise.resolve(null);
  }

  /** Ends the process by a signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    return this.#service?.stop(signal) ?? null;
  }

  async remove(): Promise<void> {
    if (this.#service?.isRunning === true) await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
