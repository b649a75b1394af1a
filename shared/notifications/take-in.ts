import type { Store } from '#shared/db/run.ts';
import { KEEP_DAYS } from './delivery.ts';
import type { DeliveryMemory } from './delivery-memory.ts';
import type { DeliveryRow, deliveryRepository, InboxMessage, Lease } from './delivery-repository.ts';

/**
 * What to do with the delivery that a message names, after the claim.
 * - `send`: this call holds it.
 * - `confirm-again`: it was sent; publish the confirmation again.
 * - `bury-again`: it failed permanently; publish the dead letter again.
 * - `leave`: another worker holds it, it is not due, or the message is outdated.
 */
export type Intake = 'send' | 'confirm-again' | 'bury-again' | 'leave';

export function decideIntake(
  { status, generation, leaseOwner }: Pick<DeliveryRow, 'status' | 'generation' | 'leaseOwner'>,
  owner: string,
  messageGeneration: number,
): Intake {
  if (status === 'SENT') return 'confirm-again';
  if (status === 'PENDING') return leaseOwner === owner ? 'send' : 'leave';
  return messageGeneration === generation ? 'bury-again' : 'leave';
}

export interface IntakeResult {
  readonly taken: ReadonlyArray<{ readonly row: DeliveryRow; readonly message: InboxMessage; readonly intake: Intake }>;
  /** Unknown events so old that they may have been mailed before. */
  readonly tooOld: readonly InboxMessage[];
}

type Inbox = Store<ReturnType<typeof deliveryRepository>>;

function isOld({ addedAt }: InboxMessage): boolean {
  return Date.now() - addedAt.getTime() > KEEP_DAYS * 24 * 60 * 60 * 1000;
}

async function unknownAndOld(inbox: Inbox, messages: readonly InboxMessage[]): Promise<InboxMessage[]> {
  const old = messages.filter(isOld);
  if (old.length === 0) return [];
  const known = await inbox((rows) => rows.known(old.map(({ uuid }) => uuid)));
  return old.filter(({ uuid }) => !known.has(uuid));
}

/**
 * Writes one row per event and leases the rows that may be sent, in one statement. The lease is what the following query finds:
 * rows that this call holds are sent. If it fails, the rows are released later, because the statement may have taken effect.
 */
export async function takeIn(
  inbox: Inbox,
  messages: ReadonlyMap<string, InboxMessage>,
  lease: Lease,
  memory: DeliveryMemory,
): Promise<IntakeResult> {
  const tooOld = await unknownAndOld(inbox, [...messages.values()]);
  const accepted = [...messages.values()].filter((message) => !tooOld.includes(message));
  if (accepted.length === 0) return { taken: [], tooOld };
  const uuids = accepted.map(({ uuid }) => uuid);
  try {
    await inbox('take in messages', (rows) => rows.takeIn(accepted, lease));
    const rows = await inbox((deliveries) => deliveries.findAll(uuids));
    const taken = rows.flatMap((row) => {
      const message = messages.get(row.uuid);
      return message === undefined
        ? []
        : [{ row, message, intake: decideIntake(row, lease.owner, message.generation) }];
    });
    return { taken, tooOld };
  } catch (error) {
    const released = { kind: 'released', ms: 0, clearsStarts: false } as const;
    memory.unrecorded.push(...uuids.map((uuid) => ({ ...released, claim: { uuid, leaseOwner: lease.owner } })));
    throw error;
  }
}
