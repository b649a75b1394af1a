/**
 * Ends a helper, such as an installer, when this process ends before it.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} when it has ended by itself
 */
export function endWithUs(child) {
  const end = () => void child.kill('SIGTERM');
  process.once('exit', end);
  return () => void process.off('exit', end);
}
