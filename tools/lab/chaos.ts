import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { wantsHelp } from '#tools/local/cli/options.ts';
import { say, step } from '#tools/local/cli/progress.ts';
import { readSettings, type Settings } from '#tools/local/cli/settings.ts';
import { describe, maskSecrets } from '#tools/local/cli/start-error.ts';
import { type Guard, startGuard } from '#tools/local/process/guard-client.ts';
import { watchParent } from '#tools/local/process/parent.ts';
import { createShutdown, type Shutdown, unlessAborted } from '#tools/local/process/shutdown.ts';
import { localDir } from '#tools/paths.ts';
import { type Laboratory, openLaboratory } from './chaos/laboratory.ts';
import { runLongOutage, shortBackOffs } from './chaos/long-outage.ts';
import { watchMachine } from './chaos/machine.ts';
import { runMatrix } from './chaos/matrix.ts';
import { help, type Options, readOptions } from './chaos/options.ts';
import { rememberProcesses } from './chaos/own-processes.ts';
import { fullPace, shortPace } from './chaos/paces.ts';
import { writeReport } from './chaos/report.ts';
import { runSoak } from './chaos/soak.ts';
import { type Row, summaryLine, toText } from './chaos/table.ts';

const chaosDir = path.join(localDir, 'chaos');

export type Surroundings = { settings: Settings; guard: Guard; signal: AbortSignal; keepsData: boolean };

/**
 * `npm run test:chaos`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
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

async function run(options: Options, args: readonly string[], shutdown: Shutdown): Promise<readonly Row[]> {
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

async function runMode(
  options: Options,
  surroundings: Surroundings,
): Promise<{ title: string; rows: readonly Row[]; notes: readonly string[] }> {
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

async function runMatrices({ faults, isShort, withPeer }: Options, surroundings: Surroundings) {
  const how = { pace: isShort ? shortPace : fullPace, withTimes: !isShort };
  const ours = await withLaboratory(surroundings, {}, (laboratory) => runMatrix(faults, laboratory, how));
  if (!withPeer) return ours;
  const peerCommand = process.env.PEER_COMMAND ?? '';
  const theirs = await withLaboratory(surroundings, { peerCommand }, (laboratory) =>
    runMatrix(faults, laboratory, how),
  );
  return [...ours, ...theirs];
}

async function withLaboratory<T>(
  surroundings: Surroundings,
  options: { peerCommand?: string; env?: Record<string, string> },
  work: (laboratory: Laboratory) => Promise<T>,
) {
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
