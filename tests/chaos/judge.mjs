import { mayRepeatMails } from './faults.mjs';
import { normalLimitMs } from './measure.mjs';

const healLimitMs = 30_000;
const answerLimitMs = 2000;
const leastAvailability = 0.999;

/** @typedef {import('./run-fault.mjs').Outcome} Outcome */
/** @typedef {import('./checker.mjs').Findings} Findings */

/**
 * What must hold whatever fails.
 * @param {Findings} findings
 * @param {boolean} mayRepeat whether guarantee 2 allows a repeated mail here
 * @returns {string[]} what is wrong
 */
export const judgeFindings = ({ lost, unfinished, failed, duplicates, foreignIds, problems }, mayRepeat) => [
  ...(lost > 0 ? [`${lost} lost`] : []),
  ...(unfinished > 0 ? [`${unfinished} unfinished`] : []),
  ...(failed > 0 ? [`${failed} FAILED by an outage`] : []),
  ...(duplicates > 0 && !mayRepeat ? [`${duplicates} duplicates`] : []),
  ...(foreignIds > 0 ? [`${foreignIds} repeated under another Message-ID`] : []),
  ...problems,
];

/**
 * What clients may expect during a fault, and how soon it is over.
 * @param {import('./faults.mjs').Fault} fault
 * @param {Outcome} outcome
 * @returns {string[]} what is wrong
 */
const judgeTimes = ({ dependency }, outcome) => {
  const { postAvailability = 1, getAvailability = 1, faultP99Ms = 0, normalP99Ms, healedMs, lacks } = outcome;
  /** @type {string[]} */
  const wrong = [];
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(2)} %`;
  if (dependency === 'redis' && getAvailability < leastAvailability) wrong.push(`GET ${percent(getAvailability)}`);
  if (dependency === 'kafka' || dependency === 'redis' || dependency === 'smtp') {
    if (postAvailability < leastAvailability) wrong.push(`POST ${percent(postAvailability)}`);
    if (faultP99Ms > normalLimitMs(normalP99Ms)) wrong.push(`POST p99 ${Math.round(faultP99Ms)} ms`);
  }
  if (dependency === 'mysql' && (outcome.slowestFaultPostMs ?? 0) > answerLimitMs)
    wrong.push(`an answer after ${Math.round(outcome.slowestFaultPostMs ?? 0)} ms`);
  if (healedMs === undefined) wrong.push(`not healed, lacks ${lacks}`);
  else if (healedMs > healLimitMs) wrong.push(`healed after ${(healedMs / 1000).toFixed(1)} s`);
  return wrong;
};

/**
 * @param {import('./faults.mjs').Fault} fault
 * @param {Outcome} outcome
 * @param {{ withTimes: boolean }} options
 */
export const judge = (fault, outcome, { withTimes }) => [
  ...judgeFindings(outcome, mayRepeatMails(fault)),
  ...(withTimes ? judgeTimes(fault, outcome) : []),
];
