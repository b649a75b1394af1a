import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, newTag, registration } from '../../load/registrations.ts';
import { callsPerSecond } from '../../load/throughput.ts';
import { awaitMails } from '../../systems/mail-journal.ts';
import type { System } from '../../systems/system.ts';
import type { Figure } from '../figure.ts';
import type { Laboratory, Variant } from '../laboratory.ts';

export interface Workload {
  /** the title of its table's place in a page */
  place: string;
  measure: (laboratory: Laboratory) => Promise<readonly Figure[]>;
}

/** The slowest system may take this long for all mails of a round. */
export const mailLimitMs = 600_000;
/** The mails of a system on other servers cannot be seen. */
const blindMs = 5000;
/** Confirmations follow the mails. */
const confirmationMs = 500;

/** The application and, where there is one, the peer. */
export async function systemsOf(laboratory: Laboratory, variant: Variant) {
  const [ours, peer] = [await laboratory.ours(variant), await laboratory.peer(variant)];
  return { ours, all: peer === undefined ? [ours] : [ours, peer] };
}

/** The same without a peer that works on servers of its own. */
export async function localSystemsOf(laboratory: Laboratory) {
  const [ours, peer] = [await laboratory.ours('production'), await laboratory.localPeer('production')];
  return peer === undefined ? [ours] : [ours, peer];
}

/**
 * Registers users and waits until all of their mails have arrived: the rest of one round must not slow the next one.
 * @returns arrived: undefined when the system works on other servers
 */
export async function settling<T>(
  { servers }: Pick<Laboratory, 'servers'>,
  { sendTopic }: Pick<System, 'sendTopic'>,
  { tag, count }: { tag: string; count: number },
  register: () => Promise<T>,
) {
  const result = await register();
  const isBlind = sendTopic === undefined;
  const arrived = isBlind ? undefined : await awaitMails(servers.mails, { tag, count, limitMs: mailLimitMs });
  await sleep(isBlind ? blindMs : confirmationMs);
  return { result, arrived };
}

/**
 * Registers users as fast as the system answers.
 * @returns registrations per second
 */
export async function register(laboratory: Laboratory, system: System, count: number): Promise<number> {
  const tag = newTag();
  const call = (index: number) => registration(addressOf(tag, index));
  const work = () => callsPerSecond(system.base, { count, call, isEachNeeded: true });
  return (await settling(laboratory, system, { tag, count }, work)).result;
}
