import path from 'node:path';
import { cached } from './cache.ts';
import { requirePip } from './python.ts';
import { run } from './run.ts';

const VERSION = '1.58.0';

/** AWS's template linter, in a Python environment of its own; the Python that runs it. */
export async function cfnLint(): Promise<string> {
  const folder = await cached(`cfn-lint-${VERSION}`, async (target) => {
    await requirePip();
    await run('python3', ['-m', 'venv', '--without-pip', target]);
    await run('python3', [
      '-m',
      'pip',
      '--python',
      path.join(target, 'bin', 'python'),
      'install',
      '-q',
      `cfn-lint==${VERSION}`,
    ]);
  });
  return path.join(folder, 'bin', 'python');
}

export interface Finding {
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** What cfn-lint finds in templates for a region. */
export async function lintTemplates(templates: readonly string[], region: string): Promise<Finding[]> {
  const python = await cfnLint();
  // Exit codes tell what was found; the findings are read instead.
  const script = 'import sys; from cfnlint.runner import main; main()';
  const args = ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', region, '--template', ...templates];
  const printed = await run(python, ['-c', script, ...args]);
  const findings: Finding[] = JSON.parse(printed);
  return findings;
}
