import path from 'node:path';
import { createEnvironment, pipInstall } from '#tools/local/install/python-packages.ts';
import { cached } from './cache.ts';
import { run } from './run.ts';

/** As in cfn-lint.txt. */
const VERSION = '1.58.0';
const REQUIREMENTS = path.join(import.meta.dirname, 'cfn-lint.txt');

/**
 * Installs AWS's template linter in a virtual environment.
 * @returns the Python that runs it
 */
export async function cfnLint(): Promise<string> {
  const folder = await cached(`cfn-lint-${VERSION}`, async (target) => {
    await createEnvironment(target);
    await run(path.join(target, 'bin', 'python'), [...pipInstall, '--requirement', REQUIREMENTS]);
  });
  return path.join(folder, 'bin', 'python');
}

export interface Finding {
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** Runs cfn-lint on templates for one region. */
export async function lintTemplates(templates: readonly string[], region: string): Promise<Finding[]> {
  const python = await cfnLint();
  // The exit code also reports findings: always 0, because the caller reads them from the output.
  const script = 'import sys; from cfnlint.runner import main; main()';
  const args = ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', region, '--template', ...templates];
  const printed = await run(python, ['-c', script, ...args]);
  const findings: Finding[] = JSON.parse(printed);
  return findings;
}
