import type { Redis } from 'ioredis';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { cacheKey } from '#shared/cache/redis.ts';
import { enterWindow, type Window } from '#shared/cache/sliding-window.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';

/** A limit on how often one client or user does one thing. */
export interface RateLimit extends Window {
  /** What is limited, such as `sign-up`. */
  readonly what: string;
  /** Who is limited: a client's address or a user's id. */
  readonly of: string;
}

export type LimitRate = (limits: readonly RateLimit[]) => Promise<void>;

function keyOf({ what, of }: RateLimit): string {
  return cacheKey(`rate:{${what}:${of}}`);
}

/**
 * Counts a call against all of its limits in one round trip. Fails open while Redis is down, and a circuit breaker keeps calls
 * from waiting for it.
 * @throws AppError RATE_LIMITED with the time until the call may be retried
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
      log.warn('Rate limit not checked, call allowed', { problem: errorText(error, 120) });
      return;
    }
    breaker.succeeded();
    if (longestMs === 0) return;
    const retryAfterSeconds = Math.ceil(longestMs / 1000);
    throw new AppError('RATE_LIMITED', `Too many attempts. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  };
}
