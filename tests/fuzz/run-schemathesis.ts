import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensurePythonPackages } from '#tools/local/install/python-packages.ts';

export interface Failure {
  readonly code: string;
  readonly title: string;
  /** Method and path; also in the stateful phase. */
  readonly operations: readonly string[];
}

/** The part of schemathesis' JSON report that the tests read. */
export interface FuzzReport {
  readonly seed: number;
  readonly operations: { readonly selected: number; readonly tested: number };
  readonly phases: Readonly<Record<string, { readonly status: string }>>;
  readonly test_cases: { readonly generated: number; readonly errored: number };
  readonly failures: readonly Failure[];
  readonly errors: readonly unknown[];
}

export interface FuzzOptions {
  readonly baseUrl: string;
  readonly operatorToken: string;
}

const FOLDER = import.meta.dirname;
/** Same cases in every run, so that failures depend on changes, not on chance; FUZZ_SEED selects others. */
const SEED = process.env['FUZZ_SEED'] ?? '1';
const EXAMPLES = process.env['FUZZ_EXAMPLES'] ?? '50';

/**
 * Runs schemathesis with all of its checks on the running application's own document. Its output is passed through.
 * @throws when it ends without a report
 */
export async function runSchemathesis({ baseUrl, operatorToken }: FuzzOptions): Promise<FuzzReport> {
  const programs = await ensurePythonPackages(path.join(FOLDER, 'requirements.txt'));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'registration-fuzz-'));
  const reportFile = path.join(folder, 'report.json');
  const options = ['--checks', 'all', '--seed', SEED, '--max-examples', EXAMPLES, '--no-color'];
  const report = ['--report', 'json', '--report-json-path', reportFile];
  const child = spawn(
    path.join(programs, 'schemathesis'),
    [
      ...['--config-file', path.join(FOLDER, 'schemathesis.toml'), 'run', `${baseUrl}/openapi.json`],
      ...['--header', `Authorization: Bearer ${operatorToken}`, ...options, ...report],
    ],
    {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, FUZZ_URL: baseUrl, FUZZ_HOOKS: path.join(FOLDER, 'hooks.py') },
    },
  );
  try {
    await once(child, 'exit');
    return JSON.parse(readFileSync(reportFile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
