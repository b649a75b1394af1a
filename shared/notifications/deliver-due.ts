import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import type { CircuitBreaker } from '#shared/kafka/circuit-breaker.ts';
import type { ClaimedDelivery, DeliverClaims } from './deliver-claims.ts';
import { LEASE_MARGIN_MS } from './delivery.ts';
import { type DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';

const BATCH = 100;

export interface DeliverDueDependencies {
  database(): Promise<Database>;
  results: PublishResults;
  deliver: DeliverClaims;
  breaker: CircuitBreaker;
}

type Addressed = DeliveryRow & { readonly userEmail: string };

const isAddressed = (row: DeliveryRow): row is Addressed => row.userEmail !== null;

/**
 * Works off what the inbox holds: deliveries that are due again or whose holder died, and results that were recorded but not
 * told. While the mail server is down it takes one delivery a round, as a probe.
 */
export const deliverDue = ({ database, results, deliver, breaker }: DeliverDueDependencies) => {
  const takeResults = async (status: 'SENT' | 'FAILED'): Promise<Addressed[]> =>
    transaction(await database(), async (trx) => {
      const deliveries = deliveryRepository(trx);
      const rows = (await deliveries.lockDue(status, BATCH)).filter(isAddressed);
      if (rows.length > 0) await deliveries.leaseResults(rows.map(({ uuid }) => uuid));
      return rows;
    });

  const claimPending = async (limit: number, remainingMs: () => number): Promise<ClaimedDelivery[]> => {
    const lease = { owner: randomUUID(), ms: remainingMs() + LEASE_MARGIN_MS };
    const leaseEndsAt = performance.now() + lease.ms;
    return transaction(await database(), async (trx) => {
      const deliveries = deliveryRepository(trx);
      const rows = (await deliveries.lockDue('PENDING', limit)).filter(isAddressed);
      if (rows.length > 0)
        await deliveries.claim(
          rows.map(({ uuid }) => uuid),
          lease,
        );
      return rows.map((row) => ({ ...row, leaseOwner: lease.owner, leaseEndsAt }));
    });
  };

  /** @throws what the database or the broker says */
  return async (remainingMs: () => number): Promise<void> => {
    for (let rows = await takeResults('SENT'); rows.length > 0; rows = await takeResults('SENT'))
      await results.confirm(rows);
    for (let rows = await takeResults('FAILED'); rows.length > 0; rows = await takeResults('FAILED'))
      await results.bury(rows);
    for (;;) {
      const limit = breaker.isOpen() ? 1 : BATCH;
      const claims = await claimPending(limit, remainingMs);
      if (claims.length > 0) await deliver(claims, remainingMs);
      if (claims.length < BATCH) return;
    }
  };
};
