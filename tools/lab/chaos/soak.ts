import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf } from '../faults/faults.ts';
import { impossibleBecause, inject } from '../faults/injector.ts';
import { judgeFindings } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { startLoad } from './load.ts';
import { measure, normalP99 } from './measure.ts';
import { pause, settle, waitUntilHealed } from './recovery.ts';
import { type ScheduledFault, scheduleFaults } from './schedule.ts';
import { type Row, verdictFor } from './table.ts';

/** More than ten a second, so that ten remain while the database or the application is down part of the time. */
const pace = { postsPerSecond: 18, getsPerSecond: 20 };
const patienceMs = 180_000;

/** Injects the faults of one dependency, one after the other. */
async function runLane(faults: readonly ScheduledFault[], { victims, signal }: Laboratory, startedAt: number) {
  for (const fault of faults) {
    await pause(startedAt + fault.atMs - performance.now(), signal);
    const begun = performance.now();
    const lift = await inject(fault, victims[fault.dependency]);
    await pause(begun + fault.forMs - performance.now(), signal);
    await lift();
    say(`  ${seconds(begun - startedAt)}: ${nameOf(fault)} for ${seconds(performance.now() - begun)}`);
  }
}

/** Injects random faults under a steady load, those of several dependencies at once. */
export async function runSoak(
  laboratory: Laboratory,
  { seed, minutes }: { seed: number; minutes: number },
): Promise<{ row: Row; notes: string[] }> {
  const { system, victims, signal } = laboratory;
  const isPossible = (fault: Fault) => impossibleBecause(fault, victims[fault.dependency]) === undefined;
  const faults = scheduleFaults(seed, minutes * 60_000, isPossible);
  say(`  seed ${seed}: ${faults.length} faults in ${minutes} minutes`);
  const load = startLoad(laboratory, pace);
  const startedAt = performance.now();
  const lanes = byDependency(faults);
  try {
    await Promise.all([...lanes.map((lane) => runLane(lane, laboratory, startedAt)), pause(minutes * 60_000, signal)]);
    const returnedAt = performance.now();
    const faultAt = startedAt + (faults[0]?.atMs ?? 0);
    const normalP99Ms = normalP99(load.posts, faultAt);
    const watched = { ...laboratory, load };
    const healed = await waitUntilHealed(watched, { returnedAt, normalP99Ms, needsSpeed: true, limitMs: patienceMs });
    await load.stop();
    const findings = await settle(watched, patienceMs);
    const outcome = { ...measure(load, { faultAt, returnedAt }), ...findings, ...healed };
    const reasons = [
      ...judgeFindings(findings, true),
      ...(healed.healedMs === undefined ? [`not healed, lacks ${healed.lacks}`] : []),
    ];
    const row = { system: system.name, fault: `soak, seed ${seed}`, verdict: verdictFor(reasons), reasons, outcome };
    return { row, notes: [describeSoak(faults, minutes, findings.accepted)] };
  } finally {
    await load.stop();
  }
}

function byDependency(faults: readonly ScheduledFault[]) {
  const names = [...new Set(faults.map(({ dependency }) => dependency))];
  return names.map((name) => faults.filter(({ dependency }) => dependency === name));
}

function describeSoak(faults: readonly ScheduledFault[], minutes: number, accepted: number) {
  const names = faults.map(nameOf);
  const counts = [...new Set(names)].sort().map((name) => `${name} ${names.filter((other) => other === name).length}`);
  const rate = (accepted / (minutes * 60)).toFixed(1);
  return `${accepted} registrations accepted in ${minutes} minutes, ${rate} a second. Faults: ${counts.join(', ')}.`;
}
