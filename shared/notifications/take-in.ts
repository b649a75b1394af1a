import type { Store } from '#shared/db/run.ts';
import { KEEP_DAYS } from './delivery.ts';
import type { DeliveryMemory } from './delivery-memory.ts';
import type { DeliveryRow, deliveryRepository, InboxMessage, Lease } from './delivery-repository.ts';

/**
 * What to do with the delivery that a message names, after the claim.
 * - `send`: this call holds it.
 * - `confirm-again`: it was sent; publish the confirmation again.
 * - `bury-again`: it failed permanently; publish the dead letter again.
 * - `leave`: another worker holds it, or it is not due.
 */
export type Intake = 'send' | 'confirm-again' | 'bury-again' | 'leave';

export function decideIntake(
  { status, leaseOwner }: Pick<DeliveryRow, 'status' | 'leaseOwner'>,
  owner: string,
): Intake {
  if (status === 'PENDING') return leaseOwner === owner ? 'send' : 'leave';
  return status === 'SENT' ? 'confirm-again' : 'bury-again';
}

export interface IntakeResult {
  readonly taken: ReadonlyArray<{ readonly row: DeliveryRow; readonly message: InboxMessage; readonly intake: Intake }>;
  /** Unknown events so old that they may have been mailed before. */
  readonly tooOld: readonly InboxMessage[];
}

/**
 * A message further ahead of the delivery is not ours, and reopens nothing: operators could not reach its generation. One foreign
 * message costs them as many retries at most, each of which ends FAILED again.
 */
const MAX_GENERATIONS_AHEAD = 10;

type Inbox = Store<ReturnType<typeof deliveryRepository>>;

function isOld({ addedAt }: InboxMessage): boolean {
  return Date.now() - addedAt.getTime() > KEEP_DAYS * 24 * 60 * 60 * 1000;
}

/** The messages to take in, and the others; compares old and retried events with their rows. */
async function sift(inbox: Inbox, messages: readonly InboxMessage[]) {
  const doubtful = messages.filter((message) => isOld(message) || message.generation > 0);
  const stored = await inbox((rows) => rows.generationsOf(doubtful.map(({ uuid }) => uuid)));
  const tooOld = messages.filter((message) => isOld(message) && !stored.has(message.uuid));
  const accepted = messages
    .filter((message) => !tooOld.includes(message))
    .map((message) => {
      const known = stored.get(message.uuid) ?? 0;
      return message.generation > known + MAX_GENERATIONS_AHEAD ? { ...message, generation: known } : message;
    });
  return { accepted, tooOld };
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
  const { accepted, tooOld } = await sift(inbox, [...messages.values()]);
  if (accepted.length === 0) return { taken: [], tooOld };
  const uuids = accepted.map(({ uuid }) => uuid);
  try {
    await inbox('take in messages', (rows) => rows.takeIn(accepted, lease));
    const rows = await inbox((deliveries) => deliveries.findAll(uuids));
    const taken = rows.flatMap((row) => {
      const message = messages.get(row.uuid);
      return message === undefined ? [] : [{ row, message, intake: decideIntake(row, lease.owner) }];
    });
    return { taken, tooOld };
  } catch (error) {
    const released = { kind: 'released', ms: 0, clearsStarts: false } as const;
    memory.unrecorded.push(...uuids.map((uuid) => ({ ...released, claim: { uuid, leaseOwner: lease.owner } })));
    throw error;
  }
}
