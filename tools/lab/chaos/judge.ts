import type { Fault } from '../faults/faults.ts';
import type { Findings } from './checker.ts';
import { normalLimitMs } from './measure.ts';
import type { Outcome } from './run-fault.ts';

const healLimitMs = 30_000;
const answerLimitMs = 2000;
const leastAvailability = 0.999;

/**
 * Judges what must hold whatever fails.
 * @returns what is wrong
 */
export function judgeFindings({ lost, unfinished, failed, unexcused, foreignIds, problems }: Findings): string[] {
  return [
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(unfinished > 0 ? [`${unfinished} unfinished`] : []),
    ...(failed > 0 ? [`${failed} FAILED by an outage`] : []),
    ...(unexcused > 0 ? [`${unexcused} repeated without an excuse`] : []),
    ...(foreignIds > 0 ? [`${foreignIds} repeated under another Message-ID`] : []),
    ...problems,
  ];
}

/**
 * Judges what clients saw during a fault, and how soon the system recovered.
 * @returns what is wrong
 */
function judgeTimes({ dependency }: Fault, outcome: Outcome): string[] {
  const { postAvailability = 1, getAvailability = 1, faultP99Ms = 0, normalP99Ms, healedMs, lacks } = outcome;
  const wrong: string[] = [];
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
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
}

export function judge(fault: Fault, outcome: Outcome, { withTimes }: { withTimes: boolean }) {
  return [...judgeFindings(outcome), ...(withTimes ? judgeTimes(fault, outcome) : [])];
}
