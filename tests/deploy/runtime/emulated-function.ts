import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { runtimeClient, runtimeEmulator } from '#tests/deploy/tools/lambda-runtime.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { freePorts } from '#tools/local/process/ports.ts';

export interface EmulatedFunction {
  /** Invokes the function. The first call starts the runtime. @throws if the function fails */
  invoke(event: unknown): Promise<unknown>;
  /** what the emulator and the function have printed so far */
  output(): string;
  /** durations of the runtime's start and of each call, measured by the emulator */
  times(): { readonly initMs: number; readonly callMs: readonly number[] };
  /** Stops the function's process, as Lambda does between calls. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export interface FunctionOptions {
  /** the unpacked zip */
  readonly folder: string;
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** executable that runs the function */
  readonly node: string;
}

function post(port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/2015-03-31/functions/function/invocations', method: 'POST', agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function parsed(answer: string): unknown {
  const value: unknown = answer === '' ? null : JSON.parse(answer);
  if (typeof value === 'object' && value !== null && ('errorType' in value || 'errorMessage' in value))
    throw new Error(`The function failed: ${answer}`);
  return value;
}

/** The process that one of the emulator's threads started. */
function childOf(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim(),
  );
  const [first] = children.filter((line) => line !== '').flatMap((line) => line.split(' ').map(Number));
  if (first === undefined) throw new Error(`Process ${pid}, the emulator, has no child`);
  return first;
}

/** Runs a packaged function in AWS's Node runtime client under AWS's runtime interface emulator. */
export async function startFunction(options: FunctionOptions): Promise<EmulatedFunction> {
  const [client, emulator, [port = 0, apiPort = 0]] = await Promise.all([
    runtimeClient(),
    runtimeEmulator(),
    freePorts(2),
  ]);
  const listening = ['--runtime-interface-emulator-address', `127.0.0.1:${port}`];
  const api = ['--runtime-api-address', `127.0.0.1:${apiPort}`];
  const child: ChildProcess = spawn(emulator, [...listening, ...api, options.node, client, options.handler], {
    cwd: options.folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      LAMBDA_TASK_ROOT: options.folder,
      AWS_LAMBDA_FUNCTION_NAME: 'function',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(options.timeoutSeconds),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
  }
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = child.pid ?? 0;
  // The emulator starts to listen shortly after its process has started.
  let isListening = false;

  return {
    async invoke(event) {
      const body = JSON.stringify(event);
      if (isListening) return parsed(await post(port, body));
      const answer = await waitFor(async () => ({ text: await post(port, body) }), { what: 'the emulator' });
      isListening = true;
      return parsed(answer.text);
    },
    output: () => printed,
    times() {
      const init = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(printed)?.[1];
      const calls = [...printed.matchAll(/INVOKE RTDONE\(.*?duration: ([\d.]+)ms\)/g)].map(([, ms]) => Number(ms));
      return { initMs: Number(init), callMs: calls };
    },
    freeze: () => void process.kill(childOf(pid), 'SIGSTOP'),
    thaw: () => void process.kill(childOf(pid), 'SIGCONT'),
    async stop() {
      for (const find of [() => childOf(pid), () => pid]) {
        try {
          process.kill(find(), 'SIGKILL');
        } catch {
          // it has already exited
        }
      }
      await exited;
    },
  };
}
