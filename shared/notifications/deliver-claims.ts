import type { CircuitBreaker } from '#shared/async/circuit-breaker.ts';
import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { type MailOutcome, outcomeOf, withoutAddress } from '#shared/mail/mail-outcome.ts';
import { SEND_LIMIT_MS, type SendMail } from '#shared/mail/mail-transport.ts';
import { log } from '#shared/observability/logger.ts';
import { continueTrace, formatTraceparent, runInTrace } from '#shared/observability/trace-context.ts';
import { effect } from '#shared/runtime/effects.ts';
import { type Claim, MAX_UNFINISHED_STARTS } from './delivery.ts';
import { type DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';
import { isRefusedTooLong, refusedDelayMs, serverDownDelayMs } from './retry-delay.ts';
import { sentRecorder } from './sent-recorder.ts';
import { sentUnrecorded } from './sent-unrecorded.ts';
import { welcomeMail } from './welcome-mail.ts';

/** No send starts with less time left than this: the SMTP limit plus 3 s to record the outcome. */
export const SEND_RESERVE_MS = SEND_LIMIT_MS + 3000;

export type ClaimedDelivery = Claim & Pick<DeliveryRow, 'refusedForMs'>;

export interface DeliverDependencies {
  database(): Promise<Database>;
  sendMail: SendMail;
  results: PublishResults;
  /** Shared by all functions of this process, because they send to the same server. */
  breaker: CircuitBreaker;
  /** Limits concurrent sends. */
  limited<T>(run: () => Promise<T>): Promise<T>;
  retryHours: number;
}

/**
 * Sends the mails of claimed deliveries and records the outcome of each. A refused recipient affects no other delivery; a
 * failing server counts against none. Deliveries left started by a dead process are sent one by one, and each start is counted
 * first, so that a mail that kills its process can be told from the others.
 */
export function deliverClaims(dependencies: DeliverDependencies) {
  const { database, sendMail, results, breaker, limited, retryHours } = dependencies;
  const inbox = store(database, deliveryRepository);

  const release = async ({ uuid, leaseOwner, unfinishedStarts }: Claim, ms: number, isFinished: boolean) => {
    // A suspect stays one until one of its starts has finished; the first start of the others was counted by this claim.
    const resetsStarts = isFinished || unfinishedStarts === 0;
    await inbox('release delivery', (rows) => rows.release([uuid], leaseOwner, ms, resetsStarts));
  };

  const fail = async (claim: Claim, reason: string): Promise<void> => {
    const failed = await inbox('record failed', (rows) => rows.markFailed(claim.uuid, claim.leaseOwner, reason));
    if (failed) await results.bury([{ ...claim, reason }]);
  };

  const send = async (claim: Claim): Promise<MailOutcome> => {
    const trace = continueTrace(claim.traceparent ?? undefined);
    const mail = welcomeMail(claim.uuid, claim.userEmail, formatTraceparent(trace));
    return runInTrace(trace, async () => {
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

  const conclude = async (claim: ClaimedDelivery, outcome: Exclude<MailOutcome, { kind: 'sent' }>): Promise<void> => {
    if (outcome.kind === 'lease-lost') return release(claim, 0, true);
    if (outcome.kind === 'refused-for-good') return fail(claim, outcome.reason);
    if (outcome.kind === 'server-down') return release(claim, serverDownDelayMs(Math.random()), true);
    // An unknown outcome backs off like a refusal: a server that accepts mails but never answers must not get them every few seconds.
    const isRefusal = outcome.kind === 'refused-for-now';
    if (isRefusal && isRefusedTooLong(claim.refusedForMs, retryHours)) return fail(claim, outcome.reason);
    const { uuid, leaseOwner, attempts } = claim;
    const postponement = { ms: refusedDelayMs(attempts + 1), reason: outcome.reason, isRefusal };
    await inbox('postpone delivery', (rows) => rows.postpone(uuid, leaseOwner, postponement));
  };

  return async (claims: readonly ClaimedDelivery[], remainingMs: () => number): Promise<void> => {
    const recorder = sentRecorder({
      markSent: (uuids) => inbox('record sent', (rows) => rows.markSent(uuids)),
      confirm: (sent) => results.confirm(sent),
    });

    const deliver = async (claim: ClaimedDelivery): Promise<void> => {
      if (sentUnrecorded.has(claim.uuid)) return recorder.add(claim);
      const isSuspect = claim.unfinishedStarts > 0;
      if (claim.unfinishedStarts >= MAX_UNFINISHED_STARTS) {
        return fail(claim, `Started ${claim.unfinishedStarts} times without finishing: sending it kills the process`);
      }
      const leftMs = Math.min(remainingMs(), claim.leaseEndsAt - performance.now());
      if (leftMs < SEND_RESERVE_MS) return release(claim, 0, false);
      if (!breaker.allows()) return release(claim, serverDownDelayMs(Math.random()), false);
      if (isSuspect) {
        if (!(await inbox('count start', (rows) => rows.countStart(claim.uuid, claim.leaseOwner)))) return;
      }
      const outcome = await send(claim);
      if (outcome.kind === 'server-down' || outcome.kind === 'unknown') breaker.failed();
      else if (outcome.kind !== 'lease-lost') breaker.succeeded();
      if (outcome.kind === 'sent') recorder.add(claim);
      else await conclude(claim, outcome);
    };

    const guarded = (claim: ClaimedDelivery): Promise<void> =>
      limited(() => deliver(claim)).catch((error: unknown) => {
        log.warn('Delivery not concluded, retried when its lease ends', {
          uuid: claim.uuid,
          problem: errorText(error, 120),
        });
      });

    await Promise.all(claims.filter(({ unfinishedStarts }) => unfinishedStarts === 0).map(guarded));
    for (const suspect of claims.filter(({ unfinishedStarts }) => unfinishedStarts > 0)) await guarded(suspect);
    await recorder.end();
  };
}

export type DeliverClaims = ReturnType<typeof deliverClaims>;
