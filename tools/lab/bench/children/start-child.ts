import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';

/** What the helper processes report. */
export interface ChildMessage {
  readonly port?: number;
  readonly answering?: boolean;
  readonly expecting?: string;
  readonly mails?: { tag: string; arrivals: [string, number][]; bytes: number; repeats: number };
}

/** Waits for the next message that is meant. */
export function nextMessage<T>(child: ChildProcess, pick: (message: ChildMessage) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: ChildMessage) => {
      const picked = pick(message);
      if (picked === undefined) return;
      end();
      resolve(picked);
    };
    const onExit = () => {
      end();
      reject(new Error('a helper process of the benchmark has ended'));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

/**
 * Starts one of the scripts beside this file, which says the port that it listens on. It ends when this process does.
 */
export async function startChild(script: string, guard: Guard) {
  // A process group of its own: Ctrl-C ends it when everything else has ended.
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    detached: true,
    execArgv: [...typescriptOptions],
  });
  const pid = child.pid ?? 0;
  guard.watch(pid);
  child.once('exit', () => guard.forget(pid));
  const port = await nextMessage(child, (message) => message.port);
  const stop = async () => {
    if (child.exitCode !== null || !child.connected) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
  return { child, port, stop };
}
