import type { ChildProcess } from 'node:child_process';

/**
 * Ends a helper, such as an installer, when this process ends before it.
 * @returns when it has ended by itself
 */
export function endWithUs(child: ChildProcess): () => void {
  const end = () => void child.kill('SIGTERM');
  process.once('exit', end);
  return () => void process.off('exit', end);
}
