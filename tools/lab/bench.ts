import { ensureBuild } from '#tools/local/app/build.ts';
import { say, seconds, step } from '#tools/local/cli/progress.ts';
import { describe, maskSecrets } from '#tools/local/cli/start-error.ts';
import { type Figure, rowsOf, summaryLine, toMarkdown, toText } from './bench/figure.ts';
import { type Laboratory, openLaboratory } from './bench/laboratory.ts';
import { help, type Options, readOptions, type WorkloadName, workloadNames } from './bench/options.ts';
import { workloads } from './bench/workloads/workloads.ts';
import { runProgram, type Surroundings } from './program.ts';
import { commandLine, type Run, writeJson, writePlaces } from './report.ts';

type Measured = { name: string; place: string; figures: readonly Figure[] };

/**
 * `npm run bench`.
 * @returns exit code; a goal that is not met is a result, not a failure
 */
export function main(args: string[]): Promise<number> {
  return runProgram({
    args,
    help,
    readOptions: () => readOptions(args, { peerCommand: process.env.PEER_COMMAND }),
    run: (options, surroundings) => run(options, args, surroundings),
  });
}

/** @returns exit code: 1 when a workload failed */
async function run(
  options: Options,
  args: readonly string[],
  { guard, signal, machine }: Surroundings,
): Promise<number> {
  await step('build', ensureBuild);
  const laboratory = await step('servers', () => openLaboratory(options, guard, (line) => say(`    ${line}`)));
  const names = workloadNames.filter((name) => options.only.includes(name));
  const measured: Measured[] = [];
  for (const name of names) {
    const found = await measureOne(name, laboratory, signal);
    // Everything has been stopped: there is no complete run to report.
    if (signal.aborted) return 1;
    if (found !== undefined) measured.push(found);
  }
  await laboratory.stopSystems();
  report(measured, options, { command: commandLine('npm run bench', args), machine: machine() });
  return measured.length < names.length ? 1 : 0;
}

/** @returns undefined for a workload that failed: the others still run */
async function measureOne(
  name: WorkloadName,
  laboratory: Laboratory,
  signal: AbortSignal,
): Promise<Measured | undefined> {
  const { place, measure } = workloads[name];
  const started = performance.now();
  say(`  … ${name}`);
  try {
    const figures = await measure(laboratory);
    const shares = await laboratory.profiler?.end(name);
    if (shares !== undefined) say(`    busy with: ${shares}`);
    say(`  ✓ ${name} (${seconds(performance.now() - started)})`);
    return { name, place, figures };
  } catch (error) {
    await laboratory.profiler?.end(name).catch(() => undefined);
    // After an interruption everything fails.
    if (!signal.aborted) say(`  ! ${name}: ${maskSecrets(describe(error))}`);
    return undefined;
  }
}

function report(measured: readonly Measured[], { rounds, json, out }: Options, ran: Run) {
  const rowsIn = (found: readonly Measured[]) => found.flatMap(({ figures }) => figures.flatMap(rowsOf));
  const rows = rowsIn(measured);
  say(`\n${toText(rows)}\n\n${summaryLine(rows)}`);
  for (const file of json) writeJson(file, { ...ran, rounds, workloads: measured, rows });
  const places = [...new Set(measured.map(({ place }) => place))];
  const tables = places.map((place) => [place, toMarkdown(rowsIn(measured.filter((one) => one.place === place)))]);
  for (const file of out) writePlaces(file, 'bench', ran, Object.fromEntries(tables));
}
