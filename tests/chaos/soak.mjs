import { say, seconds } from '#local/cli/progress.mjs';
import { nameOf } from './faults.mjs';
import { waitUntilHealed } from './heal.mjs';
import { impossibleBecause, inject } from './injector.mjs';
import { judgeFindings } from './judge.mjs';
import { startLoad } from './load.mjs';
import { measure } from './measure.mjs';
import { pause } from './pause.mjs';
import { percentile } from './percentile.mjs';
import { scheduleFaults } from './schedule.mjs';
import { settle } from './settle.mjs';

/** More than ten a second, so that ten are left when the database or the application is away for a part of the time. */
const postsPerSecond = 18;
const getsPerSecond = 20;
const patienceMs = 180_000;

/** @typedef {import('./schedule.mjs').ScheduledFault} ScheduledFault */

/**
 * The faults of one dependency, one after the other.
 * @param {readonly ScheduledFault[]} faults
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {number} startedAt
 */
const runLane = async (faults, { system, signal }, startedAt) => {
  for (const fault of faults) {
    await pause(startedAt + fault.atMs - performance.now(), signal);
    const begun = performance.now();
    const lift = await inject(fault, system.victims[fault.dependency]);
    await pause(begun + fault.forMs - performance.now(), signal);
    await lift();
    say(`  ${seconds(begun - startedAt)}: ${nameOf(fault)} for ${seconds(performance.now() - begun)}`);
  }
};

/**
 * Random faults, those of several dependencies at once, under a steady load.
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {{ seed: number, minutes: number }} options
 * @returns {Promise<{ row: import('./table.mjs').Row, notes: string[] }>}
 */
export const runSoak = async (laboratory, { seed, minutes }) => {
  const { system, userId, signal, mails } = laboratory;
  const isPossible = (/** @type {import('./faults.mjs').Fault} */ fault) =>
    impossibleBecause(fault, system.victims[fault.dependency]) === undefined;
  const faults = scheduleFaults(seed, minutes * 60_000, isPossible);
  say(`  seed ${seed}: ${faults.length} faults in ${minutes} minutes`);
  const tag = laboratory.newTag();
  const load = startLoad({ base: system.base, tag, userId, postsPerSecond, getsPerSecond, signal });
  const startedAt = performance.now();
  const lanes = byDependency(faults);
  try {
    await Promise.all([...lanes.map((lane) => runLane(lane, laboratory, startedAt)), pause(minutes * 60_000, signal)]);
    const returnedAt = performance.now();
    const faultAt = startedAt + (faults[0]?.atMs ?? 0);
    const normal = load.posts.filter((post) => post.startedAt + post.ms < faultAt);
    const normalP99Ms = percentile(
      normal.map(({ ms }) => ms),
      0.99,
    );
    const watched = { system, load, mails, signal };
    const healed = await waitUntilHealed(watched, { returnedAt, normalP99Ms, needsSpeed: true, limitMs: patienceMs });
    await load.stop();
    const findings = await settle(watched, { tag, limitMs: patienceMs });
    const outcome = { ...measure(load, { faultAt, returnedAt }), ...findings, ...healed };
    const reasons = [
      ...judgeFindings(findings, true),
      ...(healed.healedMs === undefined ? [`not healed, lacks ${healed.lacks}`] : []),
    ];
    const verdict = reasons.length === 0 ? 'passed' : 'failed';
    const row = /** @type {const} */ ({ system: system.name, fault: `soak, seed ${seed}`, verdict, reasons, outcome });
    return { row, notes: [describeSoak(faults, minutes, findings.accepted)] };
  } finally {
    await load.stop();
  }
};

/** @param {readonly ScheduledFault[]} faults */
const byDependency = (faults) => {
  const names = [...new Set(faults.map(({ dependency }) => dependency))];
  return names.map((name) => faults.filter(({ dependency }) => dependency === name));
};

/**
 * @param {readonly ScheduledFault[]} faults
 * @param {number} minutes
 * @param {number} accepted
 */
const describeSoak = (faults, minutes, accepted) => {
  const names = faults.map(nameOf);
  const counts = [...new Set(names)].sort().map((name) => `${name} ${names.filter((other) => other === name).length}`);
  const rate = (accepted / (minutes * 60)).toFixed(1);
  return `${accepted} registrations accepted in ${minutes} minutes, ${rate} a second. Faults: ${counts.join(', ')}.`;
};
