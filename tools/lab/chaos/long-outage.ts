import type { Fault } from './faults.ts';
import { impossibleBecause } from './injector.ts';
import { judgeFindings } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import type { LongOutage } from './options.ts';
import { fullPace } from './paces.ts';
import { runFault } from './run-fault.ts';
import type { Row } from './table.ts';
import { countMessages } from './topics.ts';

/** Short back-offs: what takes a day in production happens within minutes. */
export const shortBackOffs = {
  RELAY_REPUBLISH_FIRST_MS: '2000',
  RELAY_REPUBLISH_LONGEST_MS: '30000',
  MAIL_REFUSED_FIRST_MS: '500',
  MAIL_REFUSED_LONGEST_MS: '5000',
  RELAY_MAX_REPUBLISH: '500',
};

/** Thousands of events wait. */
const limits = { healLimitMs: 300_000, settleLimitMs: 300_000 };

/**
 * How many messages are no storm: one for each event, and what the relay's runs may publish again: one a minute, the one that
 * the start of the application began at once, and the one that was under way when the last minute began.
 */
export function mostMessages(events: number, minutes: number) {
  return events + Number(shortBackOffs.RELAY_MAX_REPUBLISH) * (Math.ceil(minutes) + 2);
}

/** One dependency is down for minutes, under load. */
export async function runLongOutage(
  laboratory: Laboratory,
  { outage, minutes }: { outage: LongOutage; minutes: number },
): Promise<{ row: Row; notes: string[] }> {
  const { system } = laboratory;
  const victim = system.victims[outage];
  const fault: Fault = { dependency: outage, kind: victim.target === undefined ? 'refuse' : 'stop' };
  const row = { system: system.name, fault: `${outage} down for ${minutes} minutes` };
  const impossible = impossibleBecause(fault, victim);
  if (impossible !== undefined) return { row: { ...row, verdict: 'skipped', reasons: [impossible] }, notes: [] };

  const before = await countMessages(system.brokers, system.sendTopic);
  const startedAt = performance.now();
  const tag = laboratory.newTag();
  const pace = { ...fullPace, ...limits, faultMs: minutes * 60_000 };
  const outcome = await runFault(fault, laboratory, { tag, pace });
  const tookMinutes = (performance.now() - startedAt) / 60_000;
  const messages = (await countMessages(system.brokers, system.sendTopic)) - before;
  const events = outcome.accepted + outcome.unanswered;
  const most = mostMessages(events, tookMinutes);
  const reasons = [
    ...judgeFindings(outcome, outage === 'smtp'),
    ...(messages > most ? [`${messages} messages for ${events} events are a storm`] : []),
    ...(outcome.healedMs === undefined ? [`not healed, lacks ${outcome.lacks}`] : []),
  ];
  const perEvent = events === 0 ? 0 : messages / events;
  return {
    row: { ...row, verdict: reasons.length === 0 ? 'passed' : 'failed', reasons, outcome },
    notes: [
      `${messages} messages published for ${events} events: ${perEvent.toFixed(2)} per event (at most ${most} in all).`,
    ],
  };
}
