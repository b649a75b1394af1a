import { say, seconds } from '#local/cli/progress.mjs';
import { nameOf } from './faults.mjs';
import { impossibleBecause } from './injector.mjs';
import { judge } from './judge.mjs';
import { pause } from './pause.mjs';
import { runFault } from './run-fault.mjs';
import { progressLine } from './table.mjs';

/** @typedef {import('./table.mjs').Row} Row */
/** @typedef {import('./faults.mjs').Fault} Fault */

/** Repeated mails may come when all seems done: look again after this. */
const lateMs = 3000;

/** The peer has no supervisor that brings its processes back. */
const restartNote = 'the command was run again';

const brokenNote = 'started anew: it had not come back from the fault before';

/**
 * A system that one fault has left broken would lose to every other.
 * @param {import('./system.mjs').System} system
 * @returns {Promise<boolean>} whether it was started anew
 */
const restartBroken = async ({ isUp, restart }) => {
  if (restart === undefined || (await isUp().catch(() => false))) return false;
  await restart();
  return true;
};

/**
 * @param {Fault} fault
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {{ pace: import('./run-fault.mjs').Pace, withTimes: boolean }} options
 * @returns {Promise<Row>}
 */
export const runOne = async (fault, laboratory, { pace, withTimes }) => {
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
};

/**
 * One fault after the other.
 * @param {readonly Fault[]} faults
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {{ pace: import('./run-fault.mjs').Pace, withTimes: boolean }} options
 * @returns {Promise<Row[]>}
 */
export const runMatrix = async (faults, laboratory, options) => {
  /** @type {Row[]} */
  const rows = [];
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
};

/**
 * The row with the mails that came after it was judged, while other faults were at work.
 * @param {Row} row
 * @param {Fault} fault
 * @param {readonly import('./journal.mjs').Mail[]} mails
 * @param {{ withTimes: boolean }} options
 * @returns {Row}
 */
export const withLateMails = (row, fault, mails, { withTimes }) => {
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
};
