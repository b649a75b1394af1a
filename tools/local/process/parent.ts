import { readFileSync } from 'node:fs';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import type { Shutdown } from './shutdown.ts';

const everyMs = 500;

/** Requests the end when npm, which started this process, was killed: it can no longer pass a signal on. */
export function watchParent(shutdown: Shutdown) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = npmPid();
  const timer = setInterval(() => {
    if (!isAlive(npm)) shutdown.request('npm has ended');
  }, everyMs);
  timer.unref();
}

/** @returns our parent, or the grandparent where npm started a shell between */
function npmPid(): number {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, grandparent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^\d+ \((sh|dash|bash)\) /.test(stat) ? Number(grandparent) : process.ppid;
  } catch {
    return process.ppid;
  }
}
