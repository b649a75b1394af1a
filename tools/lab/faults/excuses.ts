import type { Fault } from './faults.ts';

/**
 * A span, on the machine's monotonic clock, in which the answer to a mail could be lost. A mail that the mail server accepted
 * in it may be sent once more.
 */
export type Excuse = {
  fromMs: number;
  toMs: number;
  /** only mails of these senders: the replicas that died or froze */
  senders?: readonly string[];
};

/** When a fault was begun, was in effect, and was lifted, on the machine's monotonic clock. */
export type FaultTimes = { begunMs: number; brokenMs: number; liftedMs: number };

/** From the server's 250 until SENT is written: outcomes are collected for up to 100 ms, the rest is one transaction. */
const unrecordedMs = 1000;
/** How long bytes of a dead, frozen or silent connection may still travel. */
const inFlightMs = 500;

/**
 * What guarantee 2 excuses: a repeated mail, if the 250 was not seen, or was seen by a process that died or froze before it
 * wrote SENT. A process that is stopped in order, or loses any other dependency, must not repeat one.
 * @param senders of the replicas that the fault hits
 */
export function excusesOf(
  { dependency, kind }: Fault,
  { begunMs, brokenMs, liftedMs }: FaultTimes,
  senders: readonly string[] = [],
): Excuse[] {
  const isOfApp = dependency === 'app' || dependency === 'apps';
  if (isOfApp && (kind === 'kill' || kind === 'pause'))
    return [{ fromMs: begunMs - unrecordedMs, toMs: brokenMs + inFlightMs, senders }];
  if (dependency !== 'smtp' || kind === 'stop' || kind === 'slow') return [];
  const lastsUntil = kind === 'pause' || kind === 'silent' || kind === 'cut' ? liftedMs : brokenMs;
  return [{ fromMs: begunMs - inFlightMs, toMs: lastsUntil + inFlightMs }];
}

/** Whether a mail may be sent once more. */
export function mayRepeat({ at, from }: { at: number; from: string }, excuses: readonly Excuse[]): boolean {
  return excuses.some(
    ({ fromMs, toMs, senders }) => at >= fromMs && at <= toMs && (senders === undefined || senders.includes(from)),
  );
}
