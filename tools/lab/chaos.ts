import { say, step } from '#tools/local/cli/progress.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import { type Laboratory, type LaboratoryOptions, openLaboratory } from './chaos/laboratory.ts';
import { runLongOutage, shortBackOffs } from './chaos/long-outage.ts';
import { runMatrix } from './chaos/matrix.ts';
import { help, type Options, readOptions, systemOf } from './chaos/options.ts';
import { fullPace, shortPace } from './chaos/run-fault.ts';
import { runSoak } from './chaos/soak.ts';
import { type Row, summaryLine, toMarkdown, toText } from './chaos/table.ts';
import { runProgram, type Surroundings } from './program.ts';
import { commandLine, writeJson, writePlaces } from './report.ts';
import { openHeapProbe } from './systems/heap.ts';

/**
 * `npm run test:chaos`.
 * @returns exit code
 */
export function main(args: string[]): Promise<number> {
  let closing = '0 passed, 1 failed, 0 skipped';
  return runProgram({
    args,
    help,
    closing: () => closing,
    readOptions: () => {
      const newSeed = () => 1 + Math.floor(Math.random() * 4_294_967_295);
      return readOptions(args, { peerCommand: process.env.PEER_COMMAND, newSeed });
    },
    keepsData: (options) => options.keepsData,
    run: async (options, surroundings) => {
      const rows = await run(options, args, surroundings);
      closing = summaryLine(rows);
      return rows.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
    },
  });
}

async function run(
  options: Options,
  args: readonly string[],
  { guard, signal, machine }: Surroundings,
): Promise<readonly Row[]> {
  const settings = readSettings(process.env);
  const { keepsData, replicas, isSplit, brokers } = options;
  const laboratory = { settings, guard, signal, keepsData, replicas, isSplit, brokers };
  const { title, rows, notes } = await runMode(options, laboratory);
  say(`\n${[toText(rows), ...notes].join('\n\n')}\n`);
  const ran = { command: commandLine('npm run test:chaos', args), machine: machine() };
  for (const file of options.out) {
    if (file.endsWith('.json')) writeJson(file, { title, ...ran, rows, notes });
    else writePlaces(file, 'chaos', ran, { [title]: [toMarkdown(rows), ...notes].join('\n\n') });
  }
  return rows;
}

/** @returns title: that of its place in a page */
async function runMode(options: Options, laboratory: LaboratoryOptions) {
  const { mode, outage, minutes, soakMs, seed, isShort, faults, peerCommand } = options;
  const where = systemOf(options);
  if (mode === 'soak') {
    const heap = openHeapProbe();
    const { row, notes } = await withLaboratory({ ...laboratory, env: heap.env }, (lab) =>
      runSoak(lab, { lengthMs: soakMs, seed, heap }),
    );
    return { title: `${seed === undefined ? 'soak' : 'random soak'}${where}`, rows: [row], notes };
  }
  if (mode === 'long-outage') {
    const { row, notes } = await withLaboratory({ ...laboratory, env: shortBackOffs }, (lab) =>
      runLongOutage(lab, { outage, minutes }),
    );
    return { title: `long outage of ${outage}${where}`, rows: [row], notes };
  }
  const how = { pace: isShort ? shortPace : fullPace, withTimes: !isShort };
  const rows = await withLaboratory(laboratory, (lab) => runMatrix(faults, lab, how));
  if (peerCommand !== undefined)
    rows.push(...(await withLaboratory({ ...laboratory, peerCommand }, (lab) => runMatrix(faults, lab, how))));
  return { title: `${isShort ? 'short' : 'matrix'}${where}`, rows, notes: [] };
}

async function withLaboratory<T>(options: LaboratoryOptions, work: (laboratory: Laboratory) => Promise<T>) {
  const what = options.peerCommand === undefined ? 'servers and application' : 'servers and the peer';
  const laboratory = await step(what, () => openLaboratory(options));
  try {
    return await work(laboratory);
  } finally {
    await laboratory.stop();
  }
}
