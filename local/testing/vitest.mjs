import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '../paths.mjs';
import { endGroup, signalGroup } from '../process/signals.mjs';
import { summarize } from './summary.mjs';

const stopGraceMs = 8000;

/**
 * Runs vitest once, with its own output and a report for us.
 * @param {string[]} args
 * @param {object} options
 * @param {Record<string, string | undefined>} options.env
 * @param {string} options.dir for the report
 * @param {import('../process/guard-client.mjs').Guard} options.guard
 * @param {import('../process/shutdown.mjs').Shutdown} options.shutdown
 * @returns {Promise<{ code: number, summary: string }>}
 */
export async function runVitest(args, { env, dir, guard, shutdown }) {
  const reportFile = path.join(dir, 'report.json');
  const script = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [script, 'run', ...reporters, ...args], {
    cwd: rootDir,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  if (pid > 0) guard.watch(pid);
  shutdown.add(0, () => (child.exitCode === null && pid > 0 ? endGroup(pid, { graceMs: stopGraceMs }) : undefined));
  shutdown.onForce(() => signalGroup(pid, 'SIGKILL'));
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  guard.forget(pid);
  return { code, summary: summarize(readReport(reportFile), code) };
}

/**
 * @param {string} file
 * @returns {import('./summary.mjs').Report}
 */
function readReport(file) {
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8'));
}
