import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '#tools/paths.ts';
import type { Guard } from '../process/guard-client.ts';
import type { Shutdown } from '../process/shutdown.ts';
import { endGroup, signalGroup } from '../process/signals.ts';
import type { Selection } from './test-projects.ts';

const stopGraceMs = 8000;

/** The part of vitest's JSON report that is counted. */
interface Report {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  numTodoTests?: number;
  testResults?: FileResult[];
}

interface FileResult {
  status?: string;
  assertionResults?: { status?: string }[];
}

/** Runs vitest once, with its own output and a JSON report for the closing line. */
export async function runVitest(
  { projects, rest }: Selection,
  {
    env,
    dir,
    guard,
    shutdown,
  }: {
    env: Record<string, string | undefined>;
    /** For the report. */
    dir: string;
    guard: Guard;
    shutdown: Shutdown;
  },
): Promise<{ code: number; summary: string }> {
  const reportFile = path.join(dir, 'report.json');
  const script = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const selected = projects.flatMap((name) => ['--project', name]);
  const child = spawn(process.execPath, [script, 'run', ...reporters, ...selected, ...rest], {
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
  const report: Report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : {};
  return { code, summary: summarize(report, code) };
}

/**
 * The closing line of a test run. A file that failed before its first test counts as one failure.
 * @param code vitest's exit code
 */
export function summarize(report: Report, code: number): string {
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const broken = (report.testResults ?? []).filter(isBroken).length;
  const failed = (report.numFailedTests ?? 0) + broken;
  return `${passed} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed, ${skipped} skipped`;
}

function isBroken({ status, assertionResults = [] }: FileResult) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}
