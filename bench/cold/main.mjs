import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readFlags } from '#local/cli/flags.mjs';
import { wantsHelp } from '#local/cli/options.mjs';
import { say, step } from '#local/cli/progress.mjs';
import { describe } from '#local/cli/start-error.mjs';
import { markdownTable, textTable } from '#local/cli/tables.mjs';
import { sourceOf } from '#local/package/function-zips.mjs';
import { rootDir } from '#local/paths.mjs';
import { watchMachine } from '#tests/chaos/machine.mjs';
import { median } from '../figure.mjs';
import { removeFolders } from '../folders.mjs';
import { commandLine, writeJson, writeTables } from '../report.mjs';
import { shortNumber } from '../table.mjs';
import { measureImports } from './imports.mjs';
import { measureSizes } from './sizes.mjs';

const imports = 5;

const help = `npm run bench:cold [-- options]

What a cold start has to load: for each function the size of its bundle, minified and as the zip that npm run package makes, and
how long its import takes in a fresh Node process (the median of ${imports}).

  --json FILE       all values, with the facts of the machine
  --out FILE.md     writes the table into its marked place, such as that of docs/performance.md
  --help
`;

/**
 * @typedef {object} ColdFunction
 * @property {string} name
 * @property {number} minified bytes
 * @property {number} zipped bytes
 * @property {readonly number[]} importMs
 */

/** @returns {Promise<ColdFunction[]>} */
const measure = async () => {
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
};

/** @param {ColdFunction} cold */
const cellsOf = ({ name, minified, zipped, importMs }) => [
  name,
  `${shortNumber(minified / 1000)} kB`,
  `${shortNumber(zipped / 1000)} kB`,
  `${shortNumber(median(importMs) ?? Number.NaN)} ms`,
];

/**
 * `npm run bench:cold`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export const main = async (args) => {
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
};
