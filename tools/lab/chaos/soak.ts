import { say, seconds } from '#tools/local/cli/progress.ts';
import { type Fault, nameOf } from '../faults/faults.ts';
import { impossibleBecause, inject } from '../faults/injector.ts';
import type { Victim } from '../faults/target.ts';
import type { openHeapProbe } from '../systems/heap.ts';
import { compareSamples, takeSample } from './growth.ts';
import { judgeFindings } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import { type Load, startLoad } from './load.ts';
import { measure, normalP99 } from './measure.ts';
import { pause, settle, waitUntilHealed } from './recovery.ts';
import { type ScheduledFault, scheduleFaults, scheduleRestarts } from './schedule.ts';
import { type Row, verdictFor } from './table.ts';

export interface SoakOptions {
  lengthMs: number;
  /** of random faults, several at once; without one the replicas are restarted, one after the other */
  seed: number | undefined;
  heap: ReturnType<typeof openHeapProbe>;
}

/** More than ten a second, so that ten remain while the database or the application is down part of the time. */
const loadOfFaults = { postsPerSecond: 18, getsPerSecond: 20 };
const loadOfRestarts = { postsPerSecond: 5, getsPerSecond: 5 };
const patienceMs = 180_000;

/** Faults that follow one another. */
type Lane = readonly { fault: ScheduledFault; victim: Victim; name: string }[];

/** Injects the faults of a lane, one after the other. */
async function runLane(lane: Lane, load: Load, { excuses, servers, signal }: Laboratory, startedAt: number) {
  for (const { fault, victim, name } of lane) {
    await pause(startedAt + fault.atMs - performance.now(), signal);
    const begun = performance.now();
    const lift = await inject(fault, victim);
    await pause(begun + fault.forMs - performance.now(), signal);
    excuses.push(...(await lift()));
    const took = seconds(performance.now() - begun);
    const counts = `201s ${load.posts.filter(({ status }) => status === 201).length}, mails ${servers.mails().length}`;
    say(`  ${seconds(begun - startedAt)}: ${name} for ${took}; ${counts}`);
  }
}

function lanesOf({ victims, replicas }: Laboratory, { lengthMs, seed }: SoakOptions): Lane[] {
  if (seed === undefined) {
    const restarts = scheduleRestarts(replicas.length, lengthMs);
    return [
      restarts.flatMap(({ replica, ...fault }) => {
        const victim = replicas[replica]?.victims.app;
        return victim === undefined ? [] : [{ fault, victim, name: `replica ${replica + 1} ${fault.kind}` }];
      }),
    ];
  }
  const isPossible = (fault: Fault) => impossibleBecause(fault, victims[fault.dependency]) === undefined;
  const faults = scheduleFaults(seed, lengthMs, isPossible);
  const dependencies = [...new Set(faults.map(({ dependency }) => dependency))];
  return dependencies.map((name) =>
    faults
      .filter(({ dependency }) => dependency === name)
      .map((fault) => ({ fault, victim: victims[name], name: nameOf(fault) })),
  );
}

/** Keeps a steady load while replicas are restarted or random faults overlap. */
export async function runSoak(laboratory: Laboratory, options: SoakOptions): Promise<{ row: Row; notes: string[] }> {
  const { system, signal } = laboratory;
  const { lengthMs, seed, heap } = options;
  const lanes = lanesOf(laboratory, options);
  const what = seed === undefined ? 'rolling restarts' : `seed ${seed}`;
  say(`  ${what}: ${lanes.flat().length} faults in ${seconds(lengthMs)}`);
  const load = startLoad(laboratory, seed === undefined ? loadOfRestarts : loadOfFaults);
  const startedAt = performance.now();
  const faultAt = startedAt + Math.min(...lanes.flat().map(({ fault }) => fault.atMs), lengthMs);
  try {
    const warm = pause((faultAt - startedAt) * 0.9, signal).then(() => takeSample(laboratory, heap));
    const whole = pause(lengthMs, signal);
    const [start] = await Promise.all([
      warm,
      whole,
      ...lanes.map((lane) => runLane(lane, load, laboratory, startedAt)),
    ]);
    const returnedAt = performance.now();
    const normalP99Ms = normalP99(load.posts, faultAt);
    const watched = { ...laboratory, load };
    const healed = await waitUntilHealed(watched, { returnedAt, normalP99Ms, needsSpeed: true, limitMs: patienceMs });
    const growth = compareSamples(start, await takeSample(laboratory, heap));
    await load.stop();
    const findings = await settle(watched, patienceMs);
    const outcome = { ...measure(load, { faultAt, returnedAt }), ...findings, ...healed };
    const reasons = [
      ...judgeFindings(findings),
      ...growth.reasons,
      ...(healed.healedMs === undefined ? [`not healed, lacks ${healed.lacks}`] : []),
    ];
    const row = { system: system.name, fault: `soak, ${what}`, verdict: verdictFor(reasons), reasons, outcome };
    return { row, notes: [describeSoak(lanes, lengthMs, findings.accepted), growth.table] };
  } finally {
    await load.stop();
  }
}

function describeSoak(lanes: readonly Lane[], lengthMs: number, accepted: number) {
  const names = lanes.flat().map(({ name }) => name);
  const counts = [...new Set(names)].sort().map((name) => `${name} ${names.filter((other) => other === name).length}`);
  const rate = (accepted / (lengthMs / 1000)).toFixed(1);
  return `${accepted} registrations accepted in ${seconds(lengthMs)}, ${rate} a second. Faults: ${counts.join(', ')}.`;
}
