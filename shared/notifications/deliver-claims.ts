import { setTimeout as delay } from 'node:timers/promises';
import type { AdaptiveLimit } from '#shared/async/adaptive-limit.ts';
import type { CircuitBreaker } from '#shared/async/circuit-breaker.ts';
import type { Pacer } from '#shared/async/pacer.ts';
import type { Store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { type MailOutcome, outcomeOf, withoutAddress } from '#shared/mail/mail-outcome.ts';
import { SEND_LIMIT_MS, type SendMail } from '#shared/mail/mail-transport.ts';
import { log } from '#shared/observability/logger.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { inSpan } from '#shared/observability/spans.ts';
import { continueTrace, formatTraceparent } from '#shared/observability/trace-context.ts';
import { effect } from '#shared/runtime/effects.ts';
import {
  type Claim,
  type DeliveryMemory,
  MAX_UNFINISHED_STARTS,
  MAX_UNKNOWN_REPEATS,
  type Outcome,
  type Postponement,
  type Release,
  unfinishedStarts,
} from './delivery.ts';
import type { DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { OutcomeRecorder } from './outcome-recorder.ts';
import { isRefusedTooLong, refusedDelayMs, serverDownDelayMs, unknownDelayMs } from './retry-delay.ts';
import { welcomeMail } from './welcome-mail.ts';

/** No send starts with less time left than this: the SMTP limit plus 3 s to record the outcome. */
export const SEND_RESERVE_MS = SEND_LIMIT_MS + 3000;

export type ClaimedDelivery = Claim & Pick<DeliveryRow, 'refusedForMs' | 'dueAt'>;

export interface DeliverDependencies {
  readonly inbox: Store<ReturnType<typeof deliveryRepository>>;
  readonly sendMail: SendMail;
  readonly recorder: OutcomeRecorder;
  readonly memory: DeliveryMemory;
  /** Shared by all functions of this process, because they send to the same server. */
  readonly breaker: CircuitBreaker;
  /** Of concurrent sends; shared in the same way. */
  readonly limit: AdaptiveLimit;
  /** Keeps the mail server's rate. A mail whose turn would come too late for its lease is released. */
  readonly pace: Pacer;
  readonly retryHours: number;
}

/**
 * Sends the mails of claimed deliveries and records the outcome of each. A refused recipient affects no other delivery; a
 * failing server counts against none. Deliveries left started by a dead process are sent one by one, and each start is counted
 * first, so that a mail that kills its process can be told from the others.
 */
export function deliverClaims(dependencies: DeliverDependencies) {
  const { inbox, sendMail, recorder, memory, breaker, limit, pace, retryHours } = dependencies;

  const send = async (claim: Claim): Promise<MailOutcome> => {
    const trace = continueTrace(claim.traceparent ?? undefined);
    const mail = welcomeMail(claim.uuid, claim.userEmail, formatTraceparent(trace));
    return inSpan({ name: 'deliver welcome mail', kind: 'internal' }, trace, async () => {
      const started = performance.now();
      try {
        await effect('send mail', () => sendMail(mail, () => performance.now() < claim.leaseEndsAt));
        log.info('Mail sent', { uuid: claim.uuid, ms: Math.round(performance.now() - started) });
        return { kind: 'sent' };
      } catch (error) {
        const outcome = withoutAddress(outcomeOf(error), claim.userEmail);
        log.warn('Mail not sent', {
          uuid: claim.uuid,
          outcome: outcome.kind,
          reason: 'reason' in outcome ? outcome.reason : '',
        });
        return outcome;
      }
    });
  };

  /** Whether the server fails for this event only: it failed before, and some process's mail was accepted since it was due again. */
  const isFailingAlone = async ({ reason, dueAt }: ClaimedDelivery): Promise<boolean> =>
    reason !== null && dueAt !== null && inbox((rows) => rows.hasSentSince(dueAt)).catch(() => false);

  const counts = { sent: 0, refused: 0 };

  /** Reports the outcomes since the last report: a line of the log per batch, not per mail. */
  const reportCounts = (): void => {
    if (counts.sent > 0) reportMetric('MailSent', counts.sent);
    if (counts.refused > 0) reportMetric('MailRefused', counts.refused);
    Object.assign(counts, { sent: 0, refused: 0 });
  };

  /** Stops sending for a moment, and then sends half as many mails at once: one refusal is one signal, as are those beside it. */
  const slowDown = (): void => {
    if (!breaker.isOpen()) limit.slowDown();
    breaker.open();
    reportMetric('MailThrottled', 1);
    reportMetric('MailConcurrency', limit.concurrency());
  };

  const observe = ({ uuid }: Claim, outcome: MailOutcome): void => {
    if (outcome.kind === 'lease-lost') return;
    if (outcome.kind === 'throttled') slowDown();
    else if (outcome.kind === 'server-down' || outcome.kind === 'unknown') breaker.failed(uuid);
    else breaker.succeeded();
    if (outcome.kind === 'sent') counts.sent += 1;
    if (outcome.kind.startsWith('refused')) counts.refused += 1;
    if (outcome.kind === 'refused-for-now' && outcome.isBlocked) reportMetric('MailBlocked', 1);
    if (outcome.kind !== 'sent') return;
    limit.speedUp();
    memory.sent.add(uuid);
  };

  const release = (claim: Claim, ms: number, clearsStarts: boolean, failure: Pick<Release, 'reason'> = {}): Outcome => {
    // A suspect stays one until one of its starts has ended; the first start of the others was counted by this claim.
    return { kind: 'released', claim, ms, clearsStarts: clearsStarts || unfinishedStarts(claim) === 0, ...failure };
  };
  const fail = (claim: Claim, reason: string): Outcome => ({ kind: 'failed', claim, reason });
  const postpone = (claim: Claim, ms: number, reason: string, why: Postponement['why']): Outcome => {
    return { kind: 'postponed', claim, postponement: { ms, reason, why } };
  };

  const postponeRefused = (claim: ClaimedDelivery, reason: string): Outcome =>
    isRefusedTooLong(claim.refusedForMs, retryHours)
      ? fail(claim, reason)
      : postpone(claim, refusedDelayMs(claim.attempts + 1), reason, 'refused');

  const postponeUnknown = (claim: ClaimedDelivery, reason: string): Outcome => {
    const unknowns = claim.unknowns + 1;
    return unknowns > MAX_UNKNOWN_REPEATS
      ? fail(claim, `Sent ${unknowns} times without an answer, so it may have arrived: ${reason}`)
      : postpone(claim, unknownDelayMs(unknowns), reason, 'unknown');
  };

  const conclude = async (claim: ClaimedDelivery, outcome: MailOutcome): Promise<Outcome> => {
    if (outcome.kind === 'sent') return { kind: 'sent', claim };
    if (outcome.kind === 'lease-lost') return release(claim, 0, true);
    if (outcome.kind === 'refused-for-good') return fail(claim, outcome.reason);
    if (outcome.kind === 'unknown') return postponeUnknown(claim, outcome.reason);
    const isItsOwn = outcome.kind === 'server-down' && outcome.mayBeRecipient && (await isFailingAlone(claim));
    if (outcome.kind === 'refused-for-now' || isItsOwn) return postponeRefused(claim, outcome.reason);
    return release(claim, serverDownDelayMs(Math.random()), true, { reason: outcome.reason });
  };

  /** Returns undefined if another worker holds the lease. */
  const deliver = async (claim: ClaimedDelivery, remainingMs: () => number): Promise<Outcome | undefined> => {
    if (memory.sent.has(claim.uuid)) return { kind: 'sent', claim };
    const starts = unfinishedStarts(claim);
    if (starts >= MAX_UNFINISHED_STARTS)
      return fail(claim, `Started ${starts} times without finishing: sending it kills the process`);
    const waitMs = pace.waitMs();
    const leftMs = Math.min(remainingMs(), claim.leaseEndsAt - performance.now()) - waitMs;
    if (leftMs < SEND_RESERVE_MS) return release(claim, 0, false);
    if (!breaker.allows()) return release(claim, serverDownDelayMs(Math.random()), false);
    pace.take();
    if (waitMs > 0) await delay(waitMs);
    if (starts > 0 && !(await inbox('count start', (rows) => rows.countStart(claim.uuid, claim.leaseOwner)))) return;
    const outcome = await send(claim);
    observe(claim, outcome);
    return conclude(claim, outcome);
  };

  return async (claims: readonly ClaimedDelivery[], remainingMs: () => number): Promise<void> => {
    const recording = recorder.begin(remainingMs);

    const guarded = (claim: ClaimedDelivery): Promise<void> =>
      limit.run(async () => {
        const outcome = await deliver(claim, remainingMs).catch((error: unknown): Outcome => {
          log.warn('Mail not started', { uuid: claim.uuid, problem: errorText(error, 120) });
          return release(claim, 0, false);
        });
        if (outcome !== undefined) recording.add(outcome);
      });

    const isSuspect = (claim: ClaimedDelivery): boolean => unfinishedStarts(claim) > 0;
    await Promise.all(claims.filter((claim) => !isSuspect(claim)).map(guarded));
    for (const suspect of claims.filter(isSuspect)) await guarded(suspect);
    reportCounts();
    await recording.end();
  };
}

export type DeliverClaims = ReturnType<typeof deliverClaims>;
