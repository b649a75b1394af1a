import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { semaphore } from '#shared/async/semaphore.ts';
import { getConfig } from '#shared/config/config.ts';

/** Whether the mail server is worth trying; one for everything in this process that sends. */
export const mailBreaker = circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, () => performance.now());

let gate: ReturnType<typeof semaphore> | undefined;

/** As many sends at once as there are SMTP connections, over all functions of this process. */
export function limitedSends<T>(run: () => Promise<T>): Promise<T> {
  gate ??= semaphore(getConfig().SMTP_CONNECTIONS);
  return gate(run);
}
