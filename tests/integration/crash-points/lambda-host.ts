import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Effect, EffectMoment } from '#shared/runtime/effects.ts';

/** The built file and the timeout of each handler that a process may die in (serverless.yml). */
const HANDLERS = {
  createUser: ['users/create', 10_000],
  getUser: ['users/get', 10_000],
  updateUser: ['users/update', 10_000],
  removeUser: ['users/remove', 10_000],
  retryEvent: ['outbox/retry-event', 10_000],
  relayOutbox: ['outbox/relay', 60_000],
  sendWelcomeEmail: ['notifications/send-welcome-email', 20_000],
  deliverDue: ['notifications/deliver-due', 60_000],
  confirmEmailSent: ['outbox/confirm-email-sent', 20_000],
  recordDeadLetter: ['outbox/record-dead-letter', 20_000],
} as const;

/** A moment of an effect at which a process dies. */
export type CrashPoint = `${EffectMoment} ${Effect}`;

export interface Invocation {
  readonly handler: keyof typeof HANDLERS;
  readonly event: unknown;
  /** Runs around the process immediately before the call. */
  before?(): Promise<void>;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly body?: string;
}

interface Reply {
  readonly id: number;
  readonly value?: HttpAnswer;
  readonly error?: string;
}

export interface Host {
  /** @throws the handler's error, or an error if the process ends first */
  invoke(invocation: Invocation): Promise<HttpAnswer | undefined>;
  readonly pid: number;
  stop(): Promise<void>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process that should die at a crash point ended; `reached` is the point it reached, if any. */
export interface Death {
  readonly signal: string | null;
  readonly reached: string | undefined;
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
function distFile(file: string): string {
  return path(`../../../dist/functions/${file}.js`);
}

/** How long a process may run after its response: a publish that outlived the inline time limit may still be in progress. */
const AFTER_ANSWER_MS = 3000;
const LIMIT_MS = 20_000;

function start(env: Environment): ChildProcess {
  return fork(path('../../fixtures/lambda-process.mjs'), {
    env: { ...process.env, ...env },
    execArgv: ['--import', path('../../fixtures/crash-preload.mjs')],
    // Their log reports the injected faults.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function call(child: ChildProcess, id: number, { handler, event }: Invocation): Promise<Reply> {
  const [file, timeoutMs] = HANDLERS[handler];
  return new Promise((resolve, reject) => {
    const onReply = (reply: Reply): void => {
      if (reply.id !== id) return;
      child.off('message', onReply);
      child.off('exit', onExit);
      resolve(reply);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      reject(new Error(`The process of ${handler} ended: ${signal ?? code}`));
    };
    child.on('message', onReply);
    child.once('exit', onExit);
    child.send({ id, file: distFile(file), event, timeoutMs });
  });
}

function exited(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)));
}

/** A process that runs the built handlers until it is stopped. */
export function startHost(env: Environment): Host {
  const child = start(env);
  const gone = exited(child);
  child.stderr?.resume();
  let calls = 0;
  return {
    pid: child.pid ?? 0,
    async invoke(invocation) {
      calls += 1;
      const { value, error } = await call(child, calls, invocation);
      if (error !== undefined) throw new Error(`${invocation.handler}: ${error}`);
      return value;
    },
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Runs calls one after the other in a process that kills itself at the crash point. */
export async function dieAt(point: CrashPoint, invocations: readonly Invocation[], env: Environment): Promise<Death> {
  const child = start({ ...env, CRASH_AT: point });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const gone = exited(child);
  const limit = setTimeout(() => child.kill('SIGTERM'), LIMIT_MS);
  let afterAnswer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    for (const [id, invocation] of invocations.entries()) {
      await invocation.before?.();
      await call(child, id, invocation);
    }
    afterAnswer = setTimeout(() => child.kill('SIGTERM'), AFTER_ANSWER_MS);
  };
  run().catch(() => undefined);
  const signal = await gone;
  clearTimeout(limit);
  clearTimeout(afterAnswer);
  return { signal, reached: /^crash point reached: (.*)$/m.exec(said)?.[1] };
}
