import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { sourceOf } from '#tools/deploy/function-zips.ts';
import { readFlags } from '#tools/local/cli/flags.ts';
import { wantsHelp } from '#tools/local/cli/options.ts';
import { say, step } from '#tools/local/cli/progress.ts';
import { describe } from '#tools/local/cli/start-error.ts';
import { markdownTable, textTable } from '#tools/local/cli/tables.ts';
import { rootDir } from '#tools/paths.ts';
import { watchMachine } from '../../chaos/machine.ts';
import { median } from '../figure.ts';
import { removeFolders } from '../folders.ts';
import { commandLine, writeJson, writeTables } from '../report.ts';
import { shortNumber } from '../table.ts';
import { measureImports } from './imports.ts';
import { measureSizes } from './sizes.ts';

const imports = 5;

const help = `npm run bench:cold [-- options]

What a cold start has to load: for each function the size of its bundle, minified and as the zip that npm run package makes, and
how long its import takes in a fresh Node process (the median of ${imports}).

  --json FILE       all values, with the facts of the machine
  --out FILE.md     writes the table into its marked place, such as that of docs/performance.md
  --help
`;

export interface ColdFunction {
  name: string;
  /** bytes */
  minified: number;
  /** bytes */
  zipped: number;
  importMs: readonly number[];
}

async function measure(): Promise<ColdFunction[]> {
  const { functions } = parse(readFileSync(path.join(rootDir, 'serverless.yml'), 'utf8'));
  const sources = new Map(Object.keys(functions).map((name) => [name, sourceOf(functions[name].handler)]));
  const sizes = await step('sizes', () => measureSizes(sources));
  const times = await step('imports', () => measureImports([...sources.values()], imports));
  return [...sources].map(([name, source]) => ({
    name,
    minified: sizes.get(name)?.minified ?? 0,
    zipped: sizes.get(name)?.zipped ?? 0,
    importMs: times.get(source) ?? [],
  }));
}

function cellsOf({ name, minified, zipped, importMs }: ColdFunction) {
  return [
    name,
    `${shortNumber(minified / 1000)} kB`,
    `${shortNumber(zipped / 1000)} kB`,
    `${shortNumber(median(importMs) ?? Number.NaN)} ms`,
  ];
}

/**
 * `npm run bench:cold`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const flags = readFlags(args, { bare: [], withValue: ['--json', '--out'], repeatable: ['--json', '--out'] });
    const machine = watchMachine();
    const found = await measure();
    const lines = [['function', 'minified', 'zipped', 'import'], ...found.map(cellsOf)];
    say(`\n${textTable(lines)}\n`);
    const run = { command: commandLine('npm run bench:cold', args), machine: machine() };
    for (const file of flags.get('--json') ?? []) writeJson(file, { ...run, functions: found });
    for (const file of flags.get('--out') ?? [])
      writeTables(file, run, new Map([['cold start', markdownTable(lines)]]));
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  } finally {
    removeFolders();
  }
}
