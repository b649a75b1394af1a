import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { CircuitBreaker } from '#shared/async/circuit-breaker.ts';
import { settleAll } from '#shared/async/waiting.ts';
import type { Database, Executor } from '#shared/db/database.ts';
import { store, transaction } from '#shared/db/run.ts';
import { hasTime } from '#shared/runtime/time-left.ts';
import { abandonedLeases, abandonedUnlessClaimed } from './abandoned-leases.ts';
import { type ClaimedDelivery, type DeliverClaims, SEND_RESERVE_MS } from './deliver-claims.ts';
import { LEASE_MARGIN_MS, LONGEST_CLAIM_MS } from './delivery.ts';
import { type DeliveryRow, deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';
import { sentRecorded, sentUnrecordable } from './sent-unrecorded.ts';

const BATCH = 100;

export interface DeliverDueDependencies {
  database(): Promise<Database>;
  results: PublishResults;
  deliver: DeliverClaims;
  breaker: CircuitBreaker;
}

type Addressed = DeliveryRow & { readonly userEmail: string };

function isAddressed(row: DeliveryRow): row is Addressed {
  return row.userEmail !== null;
}

/**
 * Returns a round that processes the inbox: deliveries that are due or whose worker died, and recorded results that were not
 * published, until nothing is due or the time is nearly up. While the mail server is down, a round claims one delivery as a probe.
 * @throws (the returned function) errors of the database or the broker
 */
export function deliverDue({ database, results, deliver, breaker }: DeliverDueDependencies) {
  // One claim at a time: on a small table the server also locks rows that it only examines, and concurrent claims would skip them.
  const claiming = pLimit(1);
  const inbox = store(database, deliveryRepository);

  const takeResults = async (status: 'SENT' | 'FAILED'): Promise<Addressed[]> =>
    claiming(async () =>
      transaction(await database(), 'lease due results', async (trx) => {
        const deliveries = deliveryRepository(trx);
        const rows = (await deliveries.lockDue(status, BATCH)).filter(isAddressed);
        if (rows.length === 0) return rows;
        await deliveries.leaseResults(rows.map(({ uuid }) => uuid));
        return rows;
      }),
    );

  const claimPending = async (limit: number, remainingMs: () => number): Promise<ClaimedDelivery[]> =>
    claiming(async () => {
      const lease = { owner: randomUUID(), ms: Math.min(remainingMs(), LONGEST_CLAIM_MS) + LEASE_MARGIN_MS };
      const leaseEndsAt = performance.now() + lease.ms;
      const db = await database();
      const claim = async (trx: Executor): Promise<ClaimedDelivery[]> => {
        const deliveries = deliveryRepository(trx);
        const rows = (await deliveries.lockDue('PENDING', limit)).filter(isAddressed);
        if (rows.length === 0) return [];
        await deliveries.claim(
          rows.map(({ uuid }) => uuid),
          lease,
        );
        return rows.map((row) => ({ ...row, leaseOwner: lease.owner, leaseEndsAt }));
      };
      return abandonedUnlessClaimed(lease, () => transaction(db, 'lease due deliveries', claim));
    });

  /** Releases rows that this process may have claimed without learning of the commit. */
  const freeAbandoned = async (): Promise<void> => {
    const owners = abandonedLeases.owners();
    if (owners.length === 0) return;
    await transaction(await database(), 'free abandoned leases', async (trx) => {
      const deliveries = deliveryRepository(trx);
      const uuids = await deliveries.lockHeldBy(owners);
      if (uuids.length > 0) await deliveries.free(uuids);
    });
  };

  /** Records mails that this process sent but could not record at the time. */
  const recordSent = async (): Promise<void> => {
    const uuids = [...sentUnrecordable].slice(0, BATCH);
    if (uuids.length === 0) return;
    await inbox('record sent later', (rows) => rows.markSent(uuids, 0));
    sentRecorded(uuids);
  };

  return async (remainingMs: () => number): Promise<void> => {
    const shouldContinue = hasTime(remainingMs, SEND_RESERVE_MS);

    const publishDue = async (
      status: 'SENT' | 'FAILED',
      publish: (rows: Addressed[]) => Promise<void>,
    ): Promise<void> => {
      while (shouldContinue()) {
        const rows = await takeResults(status);
        if (rows.length === 0) return;
        await publish(rows);
      }
    };

    const sendPending = async (): Promise<void> => {
      while (shouldContinue()) {
        const claims = await claimPending(breaker.isOpen() ? 1 : BATCH, remainingMs);
        if (claims.length > 0) {
          await deliver(claims, remainingMs);
        }
        if (claims.length < BATCH) return;
      }
    };

    await recordSent();
    await freeAbandoned();
    // Concurrently, so that mails do not wait for a broker that is down.
    await settleAll([publishDue('SENT', results.confirm), publishDue('FAILED', results.bury), sendPending()]);
  };
}
