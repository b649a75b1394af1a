import { setTimeout as sleep } from 'node:timers/promises';
import type { Laboratory } from './laboratory.ts';
import type { Arrived } from './system/sink.ts';
import type { System } from './system/system.ts';

/** The slowest system is given this long for all mails of a round. */
export const mailLimitMs = 600_000;
/** Mails of a system that works elsewhere cannot be seen. */
const blindMs = 5000;
/** Confirmations follow the mails. */
const confirmationMs = 500;

/**
 * Lets registrations come, and waits until all of their mails have: what is left of one round must not slow the next one down.
 */
export async function settling<T>(
  { servers }: Laboratory,
  system: System,
  { tag, count }: { tag: string; count: number },
  register: () => Promise<T>,
): Promise<{ result: T; arrived: Arrived | undefined }> {
  if (system.sendTopic === undefined) {
    const result = await register();
    await sleep(blindMs);
    return { result, arrived: undefined };
  }
  const arriving = await servers.sink.expect(tag, count);
  const result = await register();
  const arrived = await arriving(mailLimitMs);
  await sleep(confirmationMs);
  return { result, arrived };
}
