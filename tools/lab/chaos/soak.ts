import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf } from './faults.ts';
import { waitUntilHealed } from './heal.ts';
import { impossibleBecause, inject } from './injector.ts';
import { judgeFindings } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { startLoad } from './load.ts';
import { measure } from './measure.ts';
import { pause } from './pause.ts';
import { percentile } from './percentile.ts';
import { type ScheduledFault, scheduleFaults } from './schedule.ts';
import { settle } from './settle.ts';
import type { Row } from './table.ts';

/** More than ten a second, so that ten are left when the database or the application is away for a part of the time. */
const postsPerSecond = 18;
const getsPerSecond = 20;
const patienceMs = 180_000;

/** The faults of one dependency, one after the other. */
async function runLane(faults: readonly ScheduledFault[], { system, signal }: Laboratory, startedAt: number) {
  for (const fault of faults) {
    await pause(startedAt + fault.atMs - performance.now(), signal);
    const begun = performance.now();
    const lift = await inject(fault, system.victims[fault.dependency]);
    await pause(begun + fault.forMs - performance.now(), signal);
    await lift();
    say(`  ${seconds(begun - startedAt)}: ${nameOf(fault)} for ${seconds(performance.now() - begun)}`);
  }
}

/** Random faults, those of several dependencies at once, under a steady load. */
export async function runSoak(
  laboratory: Laboratory,
  { seed, minutes }: { seed: number; minutes: number },
): Promise<{ row: Row; notes: string[] }> {
  const { system, userId, signal, mails } = laboratory;
  const isPossible = (fault: Fault) => impossibleBecause(fault, system.victims[fault.dependency]) === undefined;
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
    const row = { system: system.name, fault: `soak, seed ${seed}`, verdict, reasons, outcome } as const;
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
