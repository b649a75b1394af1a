import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { bundleHandlers } from '#tools/build/handlers.ts';
import { sourceOf } from '#tools/deploy/function-zips.ts';
import { say, step } from '#tools/local/cli/progress.ts';
import { markdownTable, textTable } from '#tools/local/cli/tables.ts';
import { rootDir } from '#tools/paths.ts';
import { readArguments } from '../arguments.ts';
import { newFolder } from '../folders.ts';
import { runProgram } from '../program.ts';
import { commandLine, writeJson, writePlaces } from '../report.ts';
import { median, shortNumber } from '../statistics.ts';

const importCount = 5;

const help = `npm run bench:cold [-- options]

What a cold start has to load: for each function the size of its bundle, minified and as the zip that npm run package makes, and
how long its import takes in a fresh Node process (the median of ${importCount}).

  --json FILE       all values, with the facts of the machine
  --out FILE.md     writes the table into its marked place, such as that of docs/performance-tables.md
  --help
`;

type ColdFunction = Awaited<ReturnType<typeof measure>>[number];

/** Imports one module in a process that has imported nothing else, and prints how long that took, in ms. */
const importScript = `const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started), () => process.exit(0));`;

/** The package does not depend on it, but a deployed stage must name its brokers. */
const brokers = 'b-1.example.com:9092';

function runNode(args: string[], options: { env?: NodeJS.ProcessEnv } = {}) {
  return promisify(execFile)(process.execPath, args, { cwd: rootDir, ...options });
}

/**
 * Measures how long each handler's bundle, as it is deployed, takes to import in a fresh process.
 * @param handlers such as 'functions/users/get.ts'
 * @param times in turns: every handler once, then again
 * @returns ms, by handler
 */
export async function measureImports(
  handlers: readonly string[],
  times: number = importCount,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const folder = newFolder();
  const files = new Map();
  for (const [name, { code }] of await bundleHandlers(handlers)) {
    const file = path.join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
    files.set(name, file);
  }
  const found: Map<string, number[]> = new Map(handlers.map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const [name, file] of files) {
      const { stdout } = await runNode(['--input-type=module', '--eval', importScript, pathToFileURL(file).href]);
      found.get(name)?.push(Number(stdout));
    }
  }
  return found;
}

/**
 * Packages the stage prod, which leaves the diagnostic functions out.
 * @param sources by function
 * @returns bytes, by deployed function
 */
async function measureSizes(sources: ReadonlyMap<string, string>) {
  const folder = newFolder();
  const script = path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const env = { ...process.env, KAFKA_BROKERS: brokers, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  await runNode([script, 'package', '--stage', 'prod', '--package', folder], { env });
  const zipOf = (name: string) => path.join(folder, `${name}.zip`);
  const deployed = [...sources].filter(([name]) => existsSync(zipOf(name)));
  const bundles = await bundleHandlers(deployed.map(([, source]) => source));
  const sizeOf = ([name, source]: [string, string]) => ({
    minified: bundles.get(source)?.code.length ?? 0,
    zipped: statSync(zipOf(name)).size,
  });
  return new Map(deployed.map((entry) => [entry[0], sizeOf(entry)]));
}

async function measure() {
  const { functions } = parse(readFileSync(path.join(rootDir, 'serverless.yml'), 'utf8'));
  const sources = new Map(Object.keys(functions).map((name) => [name, sourceOf(functions[name].handler)]));
  const sizes = await step('sizes', () => measureSizes(sources));
  const sourceIn = (name: string) => sources.get(name) ?? '';
  const times = await step('imports', () => measureImports([...sizes.keys()].map(sourceIn)));
  return [...sizes].map(([name, size]) => ({ name, ...size, importMs: times.get(sourceIn(name)) ?? [] }));
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
export function main(args: string[]): Promise<number> {
  return runProgram({
    args,
    help,
    readOptions: () => {
      const { values } = readArguments(args, { json: 'values', out: 'values' });
      return { json: values('json'), out: values('out') };
    },
    run: async ({ json, out }, { machine }) => {
      const found = await measure();
      const lines = [['function', 'minified', 'zipped', 'import'], ...found.map(cellsOf)];
      say(`\n${textTable(lines)}\n`);
      const run = { command: commandLine('npm run bench:cold', args), machine: machine() };
      for (const file of json) writeJson(file, { ...run, functions: found });
      for (const file of out) writePlaces(file, 'bench', run, { 'cold start': markdownTable(lines) });
      return 0;
    },
  });
}
