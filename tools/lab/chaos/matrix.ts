import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf, restartsAtOnce } from '../faults/faults.ts';
import { impossibleBecause } from '../faults/injector.ts';
import type { Mail } from '../systems/mail-journal.ts';
import type { StartedSystem } from '../systems/system.ts';
import { judge } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { pause } from './recovery.ts';
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

export async function runOne(
  fault: Fault,
  laboratory: Laboratory,
  { pace, withTimes }: { pace: Pace; withTimes: boolean },
): Promise<Row> {
  const { system, victims, signal } = laboratory;
  const row = { system: system.name, fault: nameOf(fault) };
  const impossible = impossibleBecause(fault, victims[fault.dependency]);
  if (impossible !== undefined) return { ...row, verdict: 'skipped', reasons: [impossible] };
  try {
    const { outcome, tag } = await runFault(fault, laboratory, pace);
    const reasons = judge(fault, outcome, { withTimes });
    const note = system.name === 'peer' && restartsAtOnce(fault) ? { note: restartNote } : {};
    return { ...row, verdict: verdictFor(reasons), reasons, outcome, tag, ...note };
  } catch (error) {
    if (signal.aborted) throw error;
    // The first line: a start that failed quotes its log.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ...row, verdict: 'failed', reasons: [reason] };
  }
}

/** Runs one fault after the other. */
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
    return fault === undefined ? row : withLateMails(row, fault, laboratory.servers.mails(), options);
  });
}

/** Judges a row again with the mails that arrived later, during other faults. */
export function withLateMails(
  row: Row,
  fault: Fault,
  mails: readonly Pick<Mail, 'to'>[],
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
  const note = [...(row.note === undefined ? [] : [row.note]), `${late} of the mails arrived later`].join('; ');
  return { ...row, outcome: changed, reasons, note, verdict: verdictFor(reasons) };
}
