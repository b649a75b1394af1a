import type { Store } from '#shared/db/run.ts';
import type { ReceivedMessage } from '#shared/messages/parse-messages.ts';
import { type DeliveryMemory, KEEP_DAYS, releaseLater } from './delivery.ts';
import type { DeliveryRow, deliveryRepository, Lease } from './delivery-repository.ts';

/**
 * A message further ahead of the delivery is not ours, and reopens nothing: operators could not reach its generation. One foreign
 * message costs them as many retries at most, each of which ends FAILED again.
 */
const MAX_GENERATIONS_AHEAD = 10;

type Inbox = Store<ReturnType<typeof deliveryRepository>>;

function isOld({ addedAt }: ReceivedMessage): boolean {
  return Date.now() - addedAt.getTime() > KEEP_DAYS * 24 * 60 * 60 * 1000;
}

/** The messages to take in, and the others; compares old and retried events with their rows. */
async function sift(inbox: Inbox, messages: readonly ReceivedMessage[]) {
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
 * @returns the rows of the accepted messages, and the unknown events so old that they may have been mailed before
 */
export async function takeIn(
  inbox: Inbox,
  messages: readonly ReceivedMessage[],
  lease: Lease,
  memory: DeliveryMemory,
): Promise<{ rows: DeliveryRow[]; tooOld: ReceivedMessage[] }> {
  const { accepted, tooOld } = await sift(inbox, messages);
  if (accepted.length === 0) return { rows: [], tooOld };
  const uuids = accepted.map(({ uuid }) => uuid);
  try {
    await inbox('take in messages', (rows) => rows.takeIn(accepted, lease));
    return { rows: await inbox((deliveries) => deliveries.findAll(uuids)), tooOld };
  } catch (error) {
    releaseLater(memory, uuids, lease.owner);
    throw error;
  }
}
