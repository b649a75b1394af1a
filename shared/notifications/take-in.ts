import type { Database, Executor } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { abandonedLeases, abandonedUnlessClaimed } from './abandoned-leases.ts';
import { decideIntake, type Intake } from './decide-intake.ts';
import { KEEP_DAYS } from './delivery.ts';
import { type DeliveryRow, deliveryRepository, type InboxMessage, type Lease } from './delivery-repository.ts';

export interface TakenIn {
  readonly row: DeliveryRow;
  readonly message: InboxMessage;
  readonly intake: Intake;
  /** The row was inserted by this call, or by an earlier one that did not learn of its commit. */
  readonly isNew: boolean;
}

export interface IntakeResult {
  readonly taken: readonly TakenIn[];
  /** Unknown events so old that they may have been mailed before. */
  readonly tooOld: readonly InboxMessage[];
}

function isOld({ addedAt }: InboxMessage): boolean {
  return Date.now() - addedAt.getTime() > KEEP_DAYS * 24 * 60 * 60 * 1000;
}

/** Commits one row per event and leases the rows that may be sent. */
export function takeIn(
  database: Database,
  messages: ReadonlyMap<string, InboxMessage>,
  lease: Lease,
): Promise<IntakeResult> {
  return abandonedUnlessClaimed(lease, () =>
    transaction(database, 'take in messages', (trx) => claimAll(trx, messages, lease)),
  );
}

async function claimAll(
  trx: Executor,
  messages: ReadonlyMap<string, InboxMessage>,
  lease: Lease,
): Promise<IntakeResult> {
  const deliveries = deliveryRepository(trx);
  const old = [...messages.values()].filter(isOld);
  const knownOld = old.length === 0 ? new Set<string>() : await deliveries.known(old.map(({ uuid }) => uuid));
  const tooOld = old.filter(({ uuid }) => !knownOld.has(uuid));
  const accepted = [...messages.values()].filter((message) => !tooOld.includes(message));
  if (accepted.length === 0) return { taken: [], tooOld };

  await deliveries.insertClaimed(accepted, lease);
  const taken: TakenIn[] = [];
  for (const row of await deliveries.lock(accepted.map(({ uuid }) => uuid))) {
    const message = messages.get(row.uuid);
    if (message === undefined) continue;
    const isMine = row.leaseOwner === lease.owner;
    const isAbandoned = abandonedLeases.has(row.leaseOwner);
    const intake = isMine ? 'send' : decideIntake(row, row.isDue || isAbandoned, message.generation);
    taken.push({ row, message, intake, isNew: isMine || (isAbandoned && row.unfinishedStarts <= 1) });
  }
  const free = taken.filter(({ intake, row }) => intake === 'send' && row.leaseOwner !== lease.owner);
  if (free.length > 0)
    await deliveries.claim(
      free.map(({ row }) => row.uuid),
      lease,
    );
  for (const { message, intake } of taken) if (intake === 'reopen') await deliveries.reopen(message, lease);
  return { taken, tooOld };
}
