import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '#tools/paths.ts';
import type { Guard } from '../process/guard-client.ts';
import type { Shutdown } from '../process/shutdown.ts';
import { endGroup, signalGroup } from '../process/signals.ts';
import { type Report, summarize } from './summary.ts';

const stopGraceMs = 8000;

/** Runs vitest once, with its own output and a report for us. */
export async function runVitest(
  projects: readonly string[],
  args: readonly string[],
  {
    env,
    dir,
    guard,
    shutdown,
  }: {
    env: Record<string, string | undefined>;
    /** for the report */
    dir: string;
    guard: Guard;
    shutdown: Shutdown;
  },
): Promise<{ code: number; summary: string }> {
  const reportFile = path.join(dir, 'report.json');
  const script = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const selected = projects.flatMap((name) => ['--project', name]);
  const child = spawn(process.execPath, [script, 'run', ...reporters, ...selected, ...args], {
    cwd: rootDir,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  if (pid > 0) guard.watch(pid);
  shutdown.add(0, () => (child.exitCode === null && pid > 0 ? endGroup(pid, { graceMs: stopGraceMs }) : undefined));
  shutdown.onForce(() => signalGroup(pid, 'SIGKILL'));
  const code = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  guard.forget(pid);
  return { code, summary: summarize(readReport(reportFile), code) };
}

function readReport(file: string): Report {
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8'));
}
