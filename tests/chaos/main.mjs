import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { wantsHelp } from '#local/cli/options.mjs';
import { say, step } from '#local/cli/progress.mjs';
import { describe } from '#local/cli/start-error.mjs';
import { readSettings } from '#local/config/settings.mjs';
import { maskSecrets } from '#local/config/urls.mjs';
import { localDir } from '#local/paths.mjs';
import { startGuard } from '#local/process/guard-client.mjs';
import { watchParent } from '#local/process/parent.mjs';
import { createShutdown, unlessAborted } from '#local/process/shutdown.mjs';
import { isAlive } from '#local/process/signals.mjs';
import { openLaboratory } from './laboratory.mjs';
import { runLongOutage, shortBackOffs } from './long-outage.mjs';
import { watchMachine } from './machine.mjs';
import { runMatrix } from './matrix.mjs';
import { help, readOptions } from './options.mjs';
import { rememberProcesses } from './own-processes.mjs';
import { fullPace, shortPace } from './paces.mjs';
import { writeReport } from './report.mjs';
import { runSoak } from './soak.mjs';
import { summaryLine, toText } from './table.mjs';

const chaosDir = path.join(localDir, 'chaos');

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./table.mjs').Row} Row */
/** @typedef {{ settings: import('#local/config/settings.mjs').Settings, guard: import('#local/process/guard-client.mjs').Guard, signal: AbortSignal, keepsData: boolean }} Surroundings */

/**
 * `npm run test:chaos`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (wantsHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  const shutdown = createShutdown();
  let code = 1;
  let closing = '0 passed, 1 failed, 0 skipped';
  try {
    const newSeed = () => 1 + Math.floor(Math.random() * 4_294_967_295);
    const options = readOptions(args, { peerCommand: process.env.PEER_COMMAND, newSeed });
    const rows = await unlessAborted(shutdown.signal, run(options, args, shutdown));
    if (rows === undefined) code = 130;
    else {
      closing = summaryLine(rows);
      code = rows.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
    }
  } catch (error) {
    process.stderr.write(`${maskSecrets(describe(error))}\n`);
    shutdown.request('failure');
  }
  await shutdown.run();
  say(closing);
  return code;
}

/**
 * @param {Options} options
 * @param {readonly string[]} args
 * @param {import('#local/process/shutdown.mjs').Shutdown} shutdown
 * @returns {Promise<readonly Row[]>}
 */
async function run(options, args, shutdown) {
  const settings = readSettings(process.env);
  watchParent(shutdown);
  const { guard, killAll } = rememberProcesses(startGuard());
  shutdown.add(1, killAll);
  if (!options.keepsData) shutdown.add(2, removeFolders);
  shutdown.add(9, () => guard.close());
  removeFolders();
  const machine = watchMachine();
  const { title, rows, notes } = await runMode(options, {
    settings,
    guard,
    signal: shutdown.signal,
    keepsData: options.keepsData,
  });
  say(`\n${[toText(rows), ...notes].join('\n\n')}\n`);
  const command = ['npm run test:chaos', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  for (const file of options.out) writeReport(file, { title, command, machine: machine(), rows, notes });
  return rows;
}

/**
 * @param {Options} options
 * @param {Surroundings} surroundings
 * @returns {Promise<{ title: string, rows: readonly Row[], notes: readonly string[] }>}
 */
async function runMode(options, surroundings) {
  const { mode, outage, minutes, seed } = options;
  if (mode === 'soak') {
    const { row, notes } = await withLaboratory(surroundings, {}, (laboratory) =>
      runSoak(laboratory, { minutes, seed }),
    );
    return { title: 'soak', rows: [row], notes };
  }
  if (mode === 'long-outage') {
    const { row, notes } = await withLaboratory(surroundings, { env: shortBackOffs }, (laboratory) =>
      runLongOutage(laboratory, { outage, minutes }),
    );
    return { title: `long outage of ${outage}`, rows: [row], notes };
  }
  return { title: options.isShort ? 'short' : 'matrix', rows: await runMatrices(options, surroundings), notes: [] };
}

/**
 * @param {Options} options
 * @param {Surroundings} surroundings
 */
async function runMatrices({ faults, isShort, withPeer }, surroundings) {
  const how = { pace: isShort ? shortPace : fullPace, withTimes: !isShort };
  const ours = await withLaboratory(surroundings, {}, (laboratory) => runMatrix(faults, laboratory, how));
  if (!withPeer) return ours;
  const peerCommand = process.env.PEER_COMMAND ?? '';
  const theirs = await withLaboratory(surroundings, { peerCommand }, (laboratory) =>
    runMatrix(faults, laboratory, how),
  );
  return [...ours, ...theirs];
}

/**
 * @template T
 * @param {Surroundings} surroundings
 * @param {{ peerCommand?: string, env?: Record<string, string> }} options
 * @param {(laboratory: import('./laboratory.mjs').Laboratory) => Promise<T>} work
 */
async function withLaboratory(surroundings, options, work) {
  const what = options.peerCommand === undefined ? 'servers and application' : 'servers and the peer';
  const laboratory = await step(what, () => openLaboratory({ ...surroundings, ...options }));
  try {
    return await work(laboratory);
  } finally {
    await laboratory.stop();
  }
}

/** Those of this run, and what runs that were killed have left. */
function removeFolders() {
  mkdirSync(chaosDir, { recursive: true });
  for (const name of readdirSync(chaosDir)) {
    const owner = Number(name.split('-')[0]);
    if (owner === process.pid || !isAlive(owner))
      rmSync(path.join(chaosDir, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
