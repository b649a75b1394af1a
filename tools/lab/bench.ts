import { ensureBuild } from '#tools/local/app/build.ts';
import { wantsHelp } from '#tools/local/cli/options.ts';
import { say, seconds, step } from '#tools/local/cli/progress.ts';
import { describe, maskSecrets } from '#tools/local/cli/start-error.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';
import { watchParent } from '#tools/local/process/parent.ts';
import { createShutdown, type Shutdown, unlessAborted } from '#tools/local/process/shutdown.ts';
import { type Figure, rowsOf } from './bench/figure.ts';
import { newFolder, removeFolders } from './bench/folders.ts';
import { type Laboratory, openLaboratory } from './bench/laboratory.ts';
import { help, type Options, readOptions, type WorkloadName, workloadNames } from './bench/options.ts';
import { commandLine, type Run, writeJson, writeTables } from './bench/report.ts';
import { summaryLine, toMarkdown, toText } from './bench/table.ts';
import { workloads } from './bench/workloads/workloads.ts';
import { watchMachine } from './chaos/machine.ts';
import { rememberProcesses } from './chaos/own-processes.ts';

export type Measured = { name: string; place: string; figures: readonly Figure[] };

/**
 * `npm run bench`.
 * @returns exit code; a goal that is not met is a result, not a failure
 */
export async function main(args: string[]): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  const shutdown = createShutdown();
  let code = 1;
  try {
    const options = readOptions(args, { peerCommand: process.env.PEER_COMMAND });
    const failures = await unlessAborted(shutdown.signal, run(options, args, shutdown));
    code = failures === undefined ? 130 : failures > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${maskSecrets(describe(error))}\n`);
    shutdown.request('failure');
  }
  await shutdown.run();
  return code;
}

/** @returns how many workloads failed */
async function run(options: Options, args: readonly string[], shutdown: Shutdown): Promise<number> {
  watchParent(shutdown);
  const { guard, killAll } = rememberProcesses(startGuard());
  shutdown.add(1, killAll);
  shutdown.add(2, removeFolders);
  shutdown.add(9, () => guard.close());
  removeFolders();
  const machine = watchMachine();
  await step('build', ensureBuild);
  const laboratory = await step('servers', () =>
    openLaboratory({ dir: newFolder(), guard, options, tell: (line) => say(`    ${line}`) }),
  );
  const names = workloadNames.filter((name) => options.only.includes(name));
  const measured: Measured[] = [];
  for (const name of names) {
    if (shutdown.signal.aborted) break;
    const found = await measureOne(name, laboratory, shutdown.signal);
    if (found !== undefined) measured.push(found);
  }
  // Everything has been ended; what was measured so far is no whole run.
  if (shutdown.signal.aborted) return 0;
  await laboratory.stopSystems();
  report(measured, options, { command: commandLine('npm run bench', args), machine: machine() });
  return names.length - measured.length;
}

/** One that fails takes no other with it. */
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
    // What fails because everything is being ended is no news.
    if (!signal.aborted) say(`  ! ${name}: ${maskSecrets(describe(error))}`);
    return undefined;
  }
}

function report(measured: readonly Measured[], { rounds, json, out }: Options, ran: Run) {
  const rows = measured.flatMap(({ figures }) => figures.flatMap(rowsOf));
  say(`\n${toText(rows)}\n\n${summaryLine(rows)}`);
  for (const file of json) writeJson(file, { ...ran, rounds, workloads: measured, rows });
  const places = [...new Set(measured.map(({ place }) => place))];
  const tableOf = (place: string) =>
    toMarkdown(measured.filter((one) => one.place === place).flatMap(({ figures }) => figures.flatMap(rowsOf)));
  for (const file of out) writeTables(file, ran, new Map(places.map((place) => [place, tableOf(place)])));
}
