import { ensureBuild } from '#local/app/build.mjs';
import { wantsHelp } from '#local/cli/options.mjs';
import { say, seconds, step } from '#local/cli/progress.mjs';
import { describe } from '#local/cli/start-error.mjs';
import { maskSecrets } from '#local/config/urls.mjs';
import { startGuard } from '#local/process/guard-client.mjs';
import { watchParent } from '#local/process/parent.mjs';
import { createShutdown, unlessAborted } from '#local/process/shutdown.mjs';
import { watchMachine } from '#tests/chaos/machine.mjs';
import { rememberProcesses } from '#tests/chaos/own-processes.mjs';
import { rowsOf } from './figure.mjs';
import { newFolder, removeFolders } from './folders.mjs';
import { openLaboratory } from './laboratory.mjs';
import { help, readOptions, workloadNames } from './options.mjs';
import { commandLine, writeJson, writeTables } from './report.mjs';
import { summaryLine, toMarkdown, toText } from './table.mjs';
import { workloads } from './workloads/workloads.mjs';

/**
 * @typedef {import('./options.mjs').Options} Options
 * @typedef {{ name: string, place: string, figures: readonly import('./figure.mjs').Figure[] }} Measured
 */

/**
 * `npm run bench`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code; a goal that is not met is a result, not a failure
 */
export const main = async (args) => {
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
};

/**
 * @param {Options} options
 * @param {readonly string[]} args
 * @param {import('#local/process/shutdown.mjs').Shutdown} shutdown
 * @returns {Promise<number>} how many workloads failed
 */
const run = async (options, args, shutdown) => {
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
  /** @type {Measured[]} */
  const measured = [];
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
};

/**
 * One that fails takes no other with it.
 * @param {import('./options.mjs').WorkloadName} name
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {AbortSignal} signal
 * @returns {Promise<Measured | undefined>}
 */
const measureOne = async (name, laboratory, signal) => {
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
};

/**
 * @param {readonly Measured[]} measured
 * @param {Options} options
 * @param {import('./report.mjs').Run} ran
 */
const report = (measured, { rounds, json, out }, ran) => {
  const rows = measured.flatMap(({ figures }) => figures.flatMap(rowsOf));
  say(`\n${toText(rows)}\n\n${summaryLine(rows)}`);
  for (const file of json) writeJson(file, { ...ran, rounds, workloads: measured, rows });
  const places = [...new Set(measured.map(({ place }) => place))];
  const tableOf = (/** @type {string} */ place) =>
    toMarkdown(measured.filter((one) => one.place === place).flatMap(({ figures }) => figures.flatMap(rowsOf)));
  for (const file of out) writeTables(file, ran, new Map(places.map((place) => [place, tableOf(place)])));
};
