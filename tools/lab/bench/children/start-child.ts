import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Guard } from '#tools/local/process/guard-client.ts';

/** Waits for the next message that is meant. */
export const nextMessage = <T>(child: ChildProcess, pick: (message: any) => T | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: unknown) => {
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

/**
 * Starts one of the scripts beside this file, which says the port that it listens on. It ends when this process does.
 */
export const startChild = async (script: string, guard: Guard) => {
  // A process group of its own: Ctrl-C ends it when everything else has ended.
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), { detached: true });
  const pid = child.pid ?? 0;
  guard.watch(pid);
  child.once('exit', () => guard.forget(pid));
  const port = await nextMessage(child, (message) => message.port as number | undefined);
  const stop = async () => {
    if (child.exitCode !== null || !child.connected) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
  return { child, port, stop };
};
