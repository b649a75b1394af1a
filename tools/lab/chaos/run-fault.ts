import { type Fault, restartsAtOnce } from '../faults/faults.ts';
import { inject } from '../faults/injector.ts';
import type { Findings } from './checker.ts';
import type { Laboratory } from './laboratory.ts';
import { type Load, startLoad } from './load.ts';
import { type Measures, measure, normalP99 } from './measure.ts';
import { pause, settle, waitUntilHealed } from './recovery.ts';

/** How long each part takes and how much load there is. */
export interface Pace {
  /** before the fault */
  normalMs: number;
  faultMs: number;
  /** how long to wait until everything is as before */
  healLimitMs: number;
  /** how long to wait after the load until nothing is under way */
  settleLimitMs: number;
  /** whether healing includes registrations as fast as before */
  needsSpeed: boolean;
  postsPerSecond: number;
  getsPerSecond: number;
}

/** Every part is long enough to measure. */
export const fullPace: Pace = {
  normalMs: 15_000,
  faultMs: 15_000,
  healLimitMs: 90_000,
  settleLimitMs: 90_000,
  needsSpeed: true,
  postsPerSecond: 10,
  getsPerSecond: 20,
};

/** Only long enough for things to go wrong. Times are printed, not asserted: the machine may be busy. */
export const shortPace: Pace = { ...fullPace, normalMs: 1000, faultMs: 3000, healLimitMs: 30_000, needsSpeed: false };

/** Beside other tests. */
export const testPace: Pace = { ...shortPace, normalMs: 500 };

export type Outcome = Measures & Findings & { healedMs: number | undefined; lacks: string };

/** Runs one fault under a steady load: normal, fault, return, healed, settled, checked. */
export async function runFault(
  fault: Fault,
  laboratory: Laboratory,
  pace: Pace,
): Promise<{ outcome: Outcome; load: Load }> {
  const { system, victims, excuses, signal } = laboratory;
  const { normalMs, faultMs, needsSpeed } = pace;
  const load = startLoad(laboratory, pace);
  const watched = { ...laboratory, load };
  let lift: Awaited<ReturnType<typeof inject>> | undefined;
  try {
    await pause(normalMs, signal);
    const faultAt = performance.now();
    const normalP99Ms = normalP99(load.posts, faultAt);
    lift = await inject(fault, victims[fault.dependency]);
    if (!restartsAtOnce(fault)) await pause(faultAt + faultMs - performance.now(), signal);
    const ending = lift;
    lift = undefined;
    excuses.push(...(await ending()));
    const returnedAt = performance.now();
    const limitMs = Math.min(pace.healLimitMs, system.patienceMs);
    const healed = await waitUntilHealed(watched, { returnedAt, normalP99Ms, needsSpeed, limitMs });
    await load.stop();
    const findings = await settle(watched, Math.min(pace.settleLimitMs, system.patienceMs));
    return { outcome: { ...measure(load, { faultAt, returnedAt }), ...findings, ...healed }, load };
  } finally {
    await lift?.().catch(() => {});
    await load.stop();
  }
}
