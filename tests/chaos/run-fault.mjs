import { waitUntilHealed } from './heal.mjs';
import { inject } from './injector.mjs';
import { startLoad } from './load.mjs';
import { measure } from './measure.mjs';
import { pause } from './pause.mjs';
import { percentile } from './percentile.mjs';
import { settle } from './settle.mjs';

/**
 * How long each part takes and how hard the system is driven.
 * @typedef {object} Pace
 * @property {number} normalMs before the fault
 * @property {number} faultMs
 * @property {number} healLimitMs how long is waited until all is as before
 * @property {number} settleLimitMs how long after the load nothing may be under way any more
 * @property {boolean} needsSpeed whether that includes registrations as fast as before
 * @property {number} postsPerSecond
 * @property {number} getsPerSecond
 *
 * @typedef {object} Experiment
 * @property {import('./system.mjs').System} system
 * @property {() => readonly import('./journal.mjs').Mail[]} mails
 * @property {number} userId whom the reads ask for
 * @property {AbortSignal} signal
 *
 * @typedef {import('./measure.mjs').Measures & import('./checker.mjs').Findings & { healedMs: number | undefined, lacks: string }} Outcome
 */

/** An application that its supervisor brings back at once is not kept down. */
const comesBackAtOnce = (/** @type {import('./faults.mjs').Fault} */ { dependency, kind }) =>
  dependency === 'app' && (kind === 'stop' || kind === 'kill');

/**
 * One fault under a steady load: normal, fault, return, healed, settled, checked.
 * @param {import('./faults.mjs').Fault} fault
 * @param {Experiment} experiment
 * @param {{ tag: string, pace: Pace }} options
 * @returns {Promise<Outcome>}
 */
export const runFault = async (fault, experiment, { tag, pace }) => {
  const { system, userId, signal, mails } = experiment;
  const { normalMs, faultMs, needsSpeed, postsPerSecond, getsPerSecond } = pace;
  const load = startLoad({ base: system.base, tag, userId, postsPerSecond, getsPerSecond, signal });
  const watched = { system, load, mails, signal };
  const victim = system.victims[fault.dependency];
  /** @type {(() => Promise<void>) | undefined} */
  let lift;
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
};
