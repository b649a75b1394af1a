import type { Redis } from 'ioredis';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { enterWindow, type Window } from '#shared/cache/sliding-window.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';

/** One count: what is counted, of whom, and how much of it a window holds. */
export interface RateLimit extends Window {
  readonly what: string;
  readonly of: string;
}

export type LimitRate = (limits: readonly RateLimit[]) => Promise<void>;

function keyOf({ what, of }: RateLimit): string {
  return `rate:{${what}:${of}}`;
}

/**
 * Counts a call under all of its limits at once, in the time of one round trip. While Redis is down everything is let through,
 * and a breaker keeps calls from waiting for it.
 * @throws AppError RATE_LIMITED with the time until the call may be tried again
 */
export function rateLimiter(redis: () => Promise<Redis>): LimitRate {
  const breaker = circuitBreaker({ threshold: 2, probeAfterMs: 1000 }, () => performance.now());

  const waits = async (limits: readonly RateLimit[]): Promise<number[]> => {
    const client = await redis();
    return Promise.all(limits.map((limit) => enterWindow(client, keyOf(limit), limit)));
  };

  return async (limits) => {
    if (limits.length === 0 || !breaker.allows()) return;
    let longestMs: number;
    try {
      longestMs = Math.max(...(await waits(limits)));
    } catch (error) {
      breaker.failed();
      log.warn('Rate not limited', { problem: errorText(error, 120) });
      return;
    }
    breaker.succeeded();
    if (longestMs === 0) return;
    const retryAfterSeconds = Math.ceil(longestMs / 1000);
    throw new AppError('RATE_LIMITED', `Too many tries: again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  };
}
