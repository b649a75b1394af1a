import type { Fault } from '../faults/faults.ts';
import { impossibleBecause } from '../faults/injector.ts';
import { countMessages } from '../systems/kafka.ts';
import { judgeFindings } from './judge.ts';
import type { Laboratory } from './laboratory.ts';
import type { LongOutage } from './options.ts';
import { fullPace, runFault } from './run-fault.ts';
import { type Row, verdictFor } from './table.ts';

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
 * The most messages that are no storm: one for each event, and what the relay's runs may republish. There is one run per
 * minute, one at the start of the application, and one that was under way when the last minute began.
 */
export function mostMessages(events: number, minutes: number) {
  return events + Number(shortBackOffs.RELAY_MAX_REPUBLISH) * (Math.ceil(minutes) + 2);
}

/** Keeps one dependency down for minutes, under load. */
export async function runLongOutage(
  laboratory: Laboratory,
  { outage, minutes }: { outage: LongOutage; minutes: number },
): Promise<{ row: Row; notes: string[] }> {
  const { system, servers, victims } = laboratory;
  const victim = victims[outage];
  const fault: Fault = { dependency: outage, kind: victim.target === undefined ? 'refuse' : 'stop' };
  const row = { system: system.name, fault: `${outage} down for ${minutes} minutes` };
  const impossible = impossibleBecause(fault, victim);
  if (impossible !== undefined) return { row: { ...row, verdict: 'skipped', reasons: [impossible] }, notes: [] };

  const countAll = () => countMessages(servers.urls['KAFKA_BROKERS'] ?? '', system.sendTopic);
  const before = await countAll();
  const startedAt = performance.now();
  const pace = { ...fullPace, ...limits, faultMs: minutes * 60_000 };
  const { outcome } = await runFault(fault, laboratory, pace);
  const tookMinutes = (performance.now() - startedAt) / 60_000;
  const messages = (await countAll()) - before;
  const events = outcome.accepted + outcome.unanswered;
  const most = mostMessages(events, tookMinutes);
  const reasons = [
    ...judgeFindings(outcome),
    ...(messages > most ? [`${messages} messages for ${events} events are a storm`] : []),
    ...(outcome.healedMs === undefined ? [`not healed, lacks ${outcome.lacks}`] : []),
  ];
  const perEvent = events === 0 ? 0 : messages / events;
  return {
    row: { ...row, verdict: verdictFor(reasons), reasons, outcome },
    notes: [
      `${messages} messages published for ${events} events: ${perEvent.toFixed(2)} per event (at most ${most} in all).`,
    ],
  };
}
