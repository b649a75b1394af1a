import type { Findings } from './checker.ts';
import type { Fault } from './faults.ts';
import { waitUntilHealed } from './heal.ts';
import { inject } from './injector.ts';
import type { Mail } from './journal.ts';
import { startLoad } from './load.ts';
import { type Measures, measure } from './measure.ts';
import { pause } from './pause.ts';
import { percentile } from './percentile.ts';
import { settle } from './settle.ts';
import type { System } from './system.ts';

/** How long each part takes and how hard the system is driven. */
export interface Pace {
  /** before the fault */
  normalMs: number;
  faultMs: number;
  /** how long is waited until all is as before */
  healLimitMs: number;
  /** how long after the load nothing may be under way any more */
  settleLimitMs: number;
  /** whether that includes registrations as fast as before */
  needsSpeed: boolean;
  postsPerSecond: number;
  getsPerSecond: number;
}

export interface Experiment {
  system: System;
  mails: () => readonly Mail[];
  /** whom the reads ask for */
  userId: number;
  signal: AbortSignal;
}

export type Outcome = Measures & Findings & { healedMs: number | undefined; lacks: string };

/** An application that its supervisor brings back at once is not kept down. */
function comesBackAtOnce({ dependency, kind }: Fault) {
  return dependency === 'app' && (kind === 'stop' || kind === 'kill');
}

/** One fault under a steady load: normal, fault, return, healed, settled, checked. */
export async function runFault(
  fault: Fault,
  experiment: Experiment,
  { tag, pace }: { tag: string; pace: Pace },
): Promise<Outcome> {
  const { system, userId, signal, mails } = experiment;
  const { normalMs, faultMs, needsSpeed, postsPerSecond, getsPerSecond } = pace;
  const load = startLoad({ base: system.base, tag, userId, postsPerSecond, getsPerSecond, signal });
  const watched = { system, load, mails, signal };
  const victim = system.victims[fault.dependency];
  let lift: (() => Promise<void>) | undefined;
  try {
    await pause(normalMs, signal);
    const normalP99Ms = percentile(
      load.posts.map(({ ms }) => ms),
      0.99,
    );
    const faultAt = performance.now();
    lift = await inject(fault, victim);
    if (!comesBackAtOnce(fault)) await pause(faultAt + faultMs - performance.now(), signal);
    const ending = lift;
    lift = undefined;
    await ending();
    const returnedAt = performance.now();
    const limitMs = Math.min(pace.healLimitMs, system.patienceMs);
    const healed = await waitUntilHealed(watched, { returnedAt, normalP99Ms, needsSpeed, limitMs });
    await load.stop();
    const findings = await settle(watched, {
      tag,
      limitMs: Math.min(pace.settleLimitMs, system.patienceMs),
    });
    return { ...measure(load, { faultAt, returnedAt }), normalP99Ms, ...findings, ...healed };
  } finally {
    await lift?.().catch(() => {});
    await load.stop();
  }
}
