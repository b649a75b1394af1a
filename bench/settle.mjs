import { setTimeout as sleep } from 'node:timers/promises';

/** The slowest system is given this long for all mails of a round. */
export const mailLimitMs = 600_000;
/** Mails of a system that works elsewhere cannot be seen. */
const blindMs = 5000;
/** Confirmations follow the mails. */
const confirmationMs = 500;

/**
 * Lets registrations come, and waits until all of their mails have: what is left of one round must not slow the next one down.
 * @template T
 * @param {import('./laboratory.mjs').Laboratory} laboratory
 * @param {import('./system/system.mjs').System} system
 * @param {{ tag: string, count: number }} mails
 * @param {() => Promise<T>} register
 * @returns {Promise<{ result: T, arrived: import('./system/sink.mjs').Arrived | undefined }>}
 */
export const settling = async ({ servers }, system, { tag, count }, register) => {
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
};
