import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { settleAll } from '#shared/async/waiting.ts';
import type { Database } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { hasTime } from '#shared/runtime/time-left.ts';
import {
  type ClaimedDelivery,
  type DeliverClaims,
  type DeliverDependencies,
  SEND_RESERVE_MS,
} from './deliver-claims.ts';
import { type DeliveryStatus, LEASE_MARGIN_MS, LONGEST_CLAIM_MS, releaseLater } from './delivery.ts';
import { type DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';

const BATCH = 100;
/** Names no mailbox. In the confirmation of a delivery whose address was erased; its reader needs only the uuid. */
const ERASED = 'erased@registration.example';
/** After a failure of the database, other processes have this long to record what they sent before their leases ended. */
const AFTER_OUTAGE_MS = 5000;

export interface DeliverDueDependencies extends Pick<DeliverDependencies, 'recorder' | 'breaker' | 'memory'> {
  database(): Promise<Database>;
  readonly results: PublishResults;
  readonly deliver: DeliverClaims;
}

/**
 * Returns a round that first records what this process could not before, and then sends the deliveries that are due or whose
 * worker died, until nothing is due or the time is nearly up. While the mail server is down, a round claims one delivery as a
 * probe. Results whose worker died, or that the broker did not take, are published beside.
 * @throws (the returned function) errors of the database
 */
export function deliverDue({ database, recorder, results, deliver, breaker, memory }: DeliverDueDependencies) {
  // One claim at a time: on a small table the server also locks rows that it only examines, and concurrent claims would skip them.
  const claiming = pLimit(1);

  const claim = async (
    statuses: readonly DeliveryStatus[],
    limit: number,
    remainingMs: () => number,
  ): Promise<ClaimedDelivery[]> => {
    const lease = { owner: randomUUID(), ms: Math.min(remainingMs(), LONGEST_CLAIM_MS) + LEASE_MARGIN_MS };
    const leaseEndsAt = performance.now() + lease.ms;
    let locked: DeliveryRow[] = [];
    try {
      await transaction(await database(), 'lease due deliveries', async (trx) => {
        const deliveries = deliveryRepository(trx);
        const withStarted = performance.now() - memory.databaseFailedAt > AFTER_OUTAGE_MS;
        locked = await deliveries.lockDue(statuses, limit, withStarted);
        if (locked.length > 0)
          await deliveries.claim(
            locked.map(({ uuid }) => uuid),
            lease,
          );
      });
    } catch (error) {
      releaseLater(
        memory,
        locked.map(({ uuid }) => uuid),
        lease.owner,
      );
      throw error;
    }
    return locked.map((row) => ({ ...row, userEmail: row.userEmail ?? ERASED, leaseOwner: lease.owner, leaseEndsAt }));
  };

  return async (remainingMs: () => number): Promise<void> => {
    const shouldContinue = hasTime(remainingMs, SEND_RESERVE_MS);

    const sendDue = async (): Promise<void> => {
      while (shouldContinue()) {
        const claims = await claiming(() => claim(['PENDING'], breaker.isOpen() ? 1 : BATCH, remainingMs));
        await deliver(claims, remainingMs);
        if (claims.length < BATCH) return;
      }
    };
    const publishDue = async (): Promise<void> => {
      while (shouldContinue()) {
        const ended = await claiming(() => claim(['SENT', 'FAILED'], BATCH, remainingMs));
        const areConfirmed = await results.confirm(ended.filter(({ status }) => status === 'SENT'));
        const areBuried = await results.bury(ended.filter(({ status }) => status === 'FAILED'));
        if (!areConfirmed || !areBuried || ended.length < BATCH) return;
      }
    };

    try {
      await recorder.recordLeft();
      // Concurrently, so that mails do not wait for a broker that is down.
      await settleAll([sendDue(), publishDue()]);
    } catch (error) {
      memory.databaseFailedAt = performance.now();
      throw error;
    }
  };
}
