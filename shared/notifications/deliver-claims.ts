import type { CircuitBreaker } from '#shared/async/circuit-breaker.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { type MailOutcome, outcomeOf, withoutAddress } from '#shared/mail/mail-outcome.ts';
import { SEND_LIMIT_MS, type SendMail } from '#shared/mail/mail-transport.ts';
import { log } from '#shared/observability/logger.ts';
import { continueTrace, formatTraceparent, runInTrace } from '#shared/observability/trace-context.ts';
import { step } from '#shared/runtime/steps.ts';
import { type Claim, MAX_UNFINISHED_STARTS } from './delivery.ts';
import { type DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';
import { isRefusedTooLong, refusedDelayMs, serverDownDelayMs } from './retry-delay.ts';
import { sentRecorder } from './sent-recorder.ts';
import { sentUnrecorded } from './sent-unrecorded.ts';
import { welcomeMail } from './welcome-mail.ts';

/** No send starts with less time left than this: what SMTP may take, and 3 s to write down what came of it. */
export const SEND_RESERVE_MS = SEND_LIMIT_MS + 3000;

export type ClaimedDelivery = Claim & Pick<DeliveryRow, 'refusedForMs'>;

export interface DeliverDependencies {
  database(): Promise<Database>;
  sendMail: SendMail;
  results: PublishResults;
  /** Shared by everything in this process that sends to the same server. */
  breaker: CircuitBreaker;
  /** Lets only so many sends go on at once. */
  limited<T>(run: () => Promise<T>): Promise<T>;
  retryHours: number;
}

/**
 * Sends the mails of claimed deliveries and writes down what became of each. One recipient's refusal touches nobody else; a
 * server in trouble counts against nobody. Deliveries that a dying process left started are sent one by one, each start
 * counted before, so that a mail which kills its process is told apart from those beside it.
 */
export function deliverClaims(dependencies: DeliverDependencies) {
  const { database, sendMail, results, breaker, limited, retryHours } = dependencies;

  const giveBack = async ({ uuid, leaseOwner, unfinishedStarts }: Claim, ms: number, isFinished: boolean) => {
    const db = await database();
    // A suspect stays one until a start of it has ended; the first start of the others was counted by this very claim.
    const forgetsStarts = isFinished || unfinishedStarts === 0;
    await statement(db, (executor) => deliveryRepository(executor).giveBack([uuid], leaseOwner, ms, forgetsStarts));
    await step('send: given back');
  };

  const fail = async (claim: Claim, reason: string): Promise<void> => {
    const db = await database();
    const failed = await statement(db, (executor) =>
      deliveryRepository(executor).markFailed(claim.uuid, claim.leaseOwner, reason),
    );
    await step('send: FAILED written');
    if (failed) await results.bury([{ ...claim, reason }]);
  };

  const send = async (claim: Claim): Promise<MailOutcome> => {
    const trace = continueTrace(claim.traceparent ?? undefined);
    const mail = welcomeMail(claim.uuid, claim.userEmail, formatTraceparent(trace));
    return runInTrace(trace, async () => {
      const started = performance.now();
      try {
        await sendMail(mail, () => performance.now() < claim.leaseEndsAt);
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
    await step('send: not sent');
    if (outcome.kind === 'lease-lost') return giveBack(claim, 0, true);
    if (outcome.kind === 'refused-for-good') return fail(claim, outcome.reason);
    if (outcome.kind === 'server-down') return giveBack(claim, serverDownDelayMs(Math.random()), true);
    // A server that takes mails but never says so must not be given the same one every few seconds.
    const isRefusal = outcome.kind === 'refused-for-now';
    if (isRefusal && isRefusedTooLong(claim.refusedForMs, retryHours)) return fail(claim, outcome.reason);
    const db = await database();
    const { uuid, leaseOwner, attempts } = claim;
    const { reason } = outcome;
    await statement(db, (executor) =>
      deliveryRepository(executor).postpone(uuid, leaseOwner, { ms: refusedDelayMs(attempts + 1), reason, isRefusal }),
    );
    await step('send: postponed');
  };

  const countStart = async ({ uuid, leaseOwner }: Claim): Promise<boolean> =>
    statement(await database(), (db) => deliveryRepository(db).countStart(uuid, leaseOwner));

  return async (claims: readonly ClaimedDelivery[], remainingMs: () => number): Promise<void> => {
    const recorder = sentRecorder({
      markSent: async (uuids) => statement(await database(), (db) => deliveryRepository(db).markSent(uuids)),
      confirm: (sent) => results.confirm(sent),
    });

    const deliver = async (claim: ClaimedDelivery): Promise<void> => {
      if (sentUnrecorded().has(claim.uuid)) return recorder.add(claim);
      const isSuspect = claim.unfinishedStarts > 0;
      if (claim.unfinishedStarts >= MAX_UNFINISHED_STARTS) {
        return fail(
          claim,
          `Started ${claim.unfinishedStarts} times, never finished: it ends the process that sends it`,
        );
      }
      const leftMs = Math.min(remainingMs(), claim.leaseEndsAt - performance.now());
      if (leftMs < SEND_RESERVE_MS) return giveBack(claim, 0, false);
      if (!breaker.allows()) return giveBack(claim, serverDownDelayMs(Math.random()), false);
      if (isSuspect) {
        if (!(await countStart(claim))) return;
        await step('send: start counted');
      }
      await step('send: allowed');
      const outcome = await send(claim);
      if (outcome.kind === 'server-down' || outcome.kind === 'unknown') breaker.failed();
      else if (outcome.kind !== 'lease-lost') breaker.succeeded();
      if (outcome.kind === 'sent') recorder.add(claim);
      else await conclude(claim, outcome);
    };

    const guarded = (claim: ClaimedDelivery): Promise<void> =>
      limited(() => deliver(claim)).catch((error: unknown) => {
        log.warn('Delivery left to its lease', { uuid: claim.uuid, problem: errorText(error, 120) });
      });

    await Promise.all(claims.filter(({ unfinishedStarts }) => unfinishedStarts === 0).map(guarded));
    for (const suspect of claims.filter(({ unfinishedStarts }) => unfinishedStarts > 0)) await guarded(suspect);
    await recorder.end();
  };
}

export type DeliverClaims = ReturnType<typeof deliverClaims>;
