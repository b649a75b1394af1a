import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf, restartsAtOnce } from '../faults/faults.ts';
import { impossibleBecause } from '../faults/injector.ts';
import type { StartedSystem } from '../systems/system.ts';
import { check, type Findings } from './checker.ts';
import { judge } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import type { Load } from './load.ts';
import { evidenceOf, pause } from './recovery.ts';
import { type Pace, runFault } from './run-fault.ts';
import { progressLine, type Row, verdictFor } from './table.ts';

/** Repeated mails may arrive when everything seems done: check again after this. */
const lateMs = 3000;

/** The peer has no supervisor that restarts its processes. */
const restartNote = 'the command was run again';

const brokenNote = 'restarted: it had not recovered from the fault before';

/**
 * A system that one fault has left broken would fail every other fault.
 * @returns whether it was restarted
 */
async function restartBroken({ isUp, restart }: StartedSystem): Promise<boolean> {
  if (restart === undefined || (await isUp().catch(() => false))) return false;
  await restart();
  return true;
}

/** What became of a fault, and the load that it was judged by. */
type Tried = { row: Row; load?: Load };

export async function runOne(
  fault: Fault,
  laboratory: Laboratory,
  { pace, withTimes }: { pace: Pace; withTimes: boolean },
): Promise<Tried> {
  const { system, victims, signal } = laboratory;
  const row = { system: system.name, fault: nameOf(fault) };
  const impossible = impossibleBecause(fault, victims[fault.dependency]);
  if (impossible !== undefined) return { row: { ...row, verdict: 'skipped', reasons: [impossible] } };
  try {
    const { outcome, load } = await runFault(fault, laboratory, pace);
    const reasons = judge(fault, outcome, { withTimes });
    const note = system.name === 'peer' && restartsAtOnce(fault) ? { note: restartNote } : {};
    return { row: { ...row, verdict: verdictFor(reasons), reasons, outcome, ...note }, load };
  } catch (error) {
    if (signal.aborted) throw error;
    // The first line: a start that failed quotes its log.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { row: { ...row, verdict: 'failed', reasons: [reason] } };
  }
}

/** Runs one fault after the other. */
export async function runMatrix(
  faults: readonly Fault[],
  laboratory: Laboratory,
  options: { pace: Pace; withTimes: boolean },
): Promise<Row[]> {
  const tried: (Tried & { fault: Fault })[] = [];
  for (const [index, fault] of faults.entries()) {
    const started = performance.now();
    const isRestarted = await restartBroken(laboratory.system);
    const { row, ...load } = await runOne(fault, laboratory, options);
    tried.push({ fault, row: isRestarted ? { ...row, note: brokenNote } : row, ...load });
    say(`${progressLine(row)} (${index + 1}/${faults.length}, ${seconds(performance.now() - started)})`);
  }
  await pause(lateMs, laboratory.signal);
  const rows: Row[] = [];
  for (const { fault, row, load } of tried) {
    const findings = load === undefined ? undefined : check(await evidenceOf({ ...laboratory, load }));
    rows.push(withLateMails(row, fault, findings, options));
  }
  return rows;
}

/**
 * Judges a row again by what was found at the end: mails may have arrived during other faults.
 * @param findings undefined where there was no load
 */
export function withLateMails(
  row: Row,
  fault: Fault,
  findings: Findings | undefined,
  { withTimes }: { withTimes: boolean },
): Row {
  const { outcome } = row;
  if (outcome === undefined || findings === undefined) return row;
  const late = findings.mails - outcome.mails;
  if (late === 0) return row;
  const changed = { ...outcome, ...findings, unfinished: outcome.unfinished };
  const reasons = judge(fault, changed, { withTimes });
  const note = [...(row.note === undefined ? [] : [row.note]), `${late} of the mails arrived later`].join('; ');
  return { ...row, outcome: changed, reasons, note, verdict: verdictFor(reasons) };
}
