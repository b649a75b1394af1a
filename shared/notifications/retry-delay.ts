import { backoffMs } from '#shared/async/waiting.ts';
import { getConfig } from '#shared/config/config.ts';

const SERVER_DOWN_MS = 2000;

/** The delay in ms before the next attempt after temporary refusal n (from 1). */
export function refusedDelayMs(refusals: number): number {
  const { MAIL_REFUSED_FIRST_MS: firstMs, MAIL_REFUSED_LONGEST_MS: longestMs } = getConfig();
  return backoffMs({ firstMs, longestMs }, refusals);
}

/**
 * The delay in ms after send n (from 1) without an answer. The first lets a short interruption heal within 30 s. It grows fast,
 * because each of these mails may have arrived: the last repetition follows hours after the first send.
 */
export function unknownDelayMs(unknowns: number): number {
  return 4 * 48 ** (unknowns - 1) * getConfig().MAIL_REFUSED_FIRST_MS;
}

/** The delay in ms after a server failure, with jitter. @param random 0 to 1 */
export function serverDownDelayMs(random: number): number {
  return SERVER_DOWN_MS * (0.75 + random / 2);
}

/** Whether the time since the first refusal exceeds the retry period, so that the event fails. */
export function isRefusedTooLong(refusedForMs: number, retryHours: number): boolean {
  return refusedForMs >= retryHours * 60 * 60 * 1000;
}
