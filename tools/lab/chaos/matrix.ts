import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf } from './faults.ts';
import { impossibleBecause } from './injector.ts';
import type { Mail } from './journal.ts';
import { judge } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { pause } from './pause.ts';
import { type Pace, runFault } from './run-fault.ts';
import type { System } from './system.ts';
import { progressLine, type Row } from './table.ts';

/** Repeated mails may come when all seems done: look again after this. */
const lateMs = 3000;

/** The peer has no supervisor that brings its processes back. */
const restartNote = 'the command was run again';

const brokenNote = 'started anew: it had not come back from the fault before';

/**
 * A system that one fault has left broken would lose to every other.
 * @returns whether it was started anew
 */
async function restartBroken({ isUp, restart }: System): Promise<boolean> {
  if (restart === undefined || (await isUp().catch(() => false))) return false;
  await restart();
  return true;
}

export async function runOne(
  fault: Fault,
  laboratory: Laboratory,
  { pace, withTimes }: { pace: Pace; withTimes: boolean },
): Promise<Row> {
  const { system, signal } = laboratory;
  const row = { system: system.name, fault: nameOf(fault) };
  const impossible = impossibleBecause(fault, system.victims[fault.dependency]);
  if (impossible !== undefined) return { ...row, verdict: 'skipped', reasons: [impossible] };
  const tag = laboratory.newTag();
  try {
    const outcome = await runFault(fault, laboratory, { tag, pace });
    const reasons = judge(fault, outcome, { withTimes });
    const isRestarted =
      system.name === 'peer' && fault.dependency === 'app' && (fault.kind === 'stop' || fault.kind === 'kill');
    const note = isRestarted ? { note: restartNote } : {};
    return { ...row, verdict: reasons.length === 0 ? 'passed' : 'failed', reasons, outcome, tag, ...note };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...row, verdict: 'failed', reasons: [error instanceof Error ? error.message : String(error)] };
  }
}

/** One fault after the other. */
export async function runMatrix(
  faults: readonly Fault[],
  laboratory: Laboratory,
  options: { pace: Pace; withTimes: boolean },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, fault] of faults.entries()) {
    const started = performance.now();
    const isRestarted = await restartBroken(laboratory.system);
    const row = await runOne(fault, laboratory, options);
    rows.push(isRestarted ? { ...row, note: brokenNote } : row);
    say(`${progressLine(row)} (${index + 1}/${faults.length}, ${seconds(performance.now() - started)})`);
  }
  await pause(lateMs, laboratory.signal);
  return rows.map((row, index) => {
    const fault = faults[index];
    return fault === undefined ? row : withLateMails(row, fault, laboratory.mails(), options);
  });
}

/** The row with the mails that came after it was judged, while other faults were at work. */
export function withLateMails(
  row: Row,
  fault: Fault,
  mails: readonly Mail[],
  { withTimes }: { withTimes: boolean },
): Row {
  const { outcome, tag } = row;
  if (outcome === undefined || tag === undefined) return row;
  const recipients = mails.filter(({ to }) => to.startsWith(tag)).map(({ to }) => to);
  const late = recipients.length - outcome.mails;
  if (late === 0) return row;
  const duplicates = recipients.length - new Set(recipients).size;
  const changed = {
    ...outcome,
    mails: recipients.length,
    duplicates,
    lost: outcome.lost - (late - (duplicates - outcome.duplicates)),
  };
  const reasons = judge(fault, changed, { withTimes });
  const note = [...(row.note === undefined ? [] : [row.note]), `${late} of the mails came later`].join('; ');
  return { ...row, outcome: changed, reasons, note, verdict: reasons.length === 0 ? 'passed' : 'failed' };
}
