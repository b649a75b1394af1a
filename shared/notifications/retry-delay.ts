import { backoffMs } from '#shared/async/backoff.ts';
import { getConfig } from '#shared/config/config.ts';

const SERVER_DOWN_MS = 2000;

/** When a recipient that was refused for now is tried again, after its n-th refusal (n from 1). In ms. */
export function refusedDelayMs(refusals: number): number {
  const { MAIL_REFUSED_FIRST_MS: firstMs, MAIL_REFUSED_LONGEST_MS: longestMs } = getConfig();
  return backoffMs({ firstMs, longestMs }, refusals);
}

/** When a delivery is tried again that a server in trouble left over; spread, so that not all come back at once. */
export function serverDownDelayMs(random: number): number {
  return SERVER_DOWN_MS * (0.75 + random / 2);
}

/** Whether a recipient has been refused for so long that its event fails. `refusedForMs` is the time since the first refusal. */
export function isRefusedTooLong(refusedForMs: number, retryHours: number): boolean {
  return refusedForMs >= retryHours * 60 * 60 * 1000;
}
