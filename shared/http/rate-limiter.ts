import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { cacheKey } from '#shared/cache/redis.ts';
import { enterWindow, processWindows, type Window } from '#shared/cache/sliding-window.ts';
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

/** Gives the places of a call back, for a call that had no effect. Never throws. */
export type Leave = () => Promise<void>;
export type LimitRate = (limits: readonly RateLimit[]) => Promise<Leave>;

function keyOf({ what, of }: RateLimit): string {
  return cacheKey(`rate:{${what}:${of}}`);
}

function refused(waitMs: number): AppError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return new AppError('RATE_LIMITED', `Too many attempts. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}

/**
 * Counts a call against its limits in their order. A call that one limit refuses counts in none of the others: a client that is over
 * its own limit, which comes first, cannot fill a user's. While Redis is down the limits hold per process, and a circuit breaker
 * keeps calls from waiting for it.
 * @throws AppError RATE_LIMITED with the time until the call may be retried
 */
export function rateLimiter(redis: () => Promise<Redis>): LimitRate {
  const breaker = circuitBreaker({ threshold: 2, probeAfterMs: 1000 }, () => performance.now());
  const local = processWindows(() => performance.now());

  const inRedis = async <T>(command: (client: Redis) => Promise<T>): Promise<T | undefined> => {
    if (!breaker.allows()) return undefined;
    try {
      const answer = await command(await redis());
      breaker.succeeded();
      return answer;
    } catch (error) {
      breaker.failed();
      log.warn('Redis did not answer, rate limited in the process', { problem: errorText(error, 120) });
      return undefined;
    }
  };

  const enter = async (limit: RateLimit): Promise<{ waitMs: number; leave: Leave }> => {
    const [key, member] = [keyOf(limit), randomUUID()];
    const waitMs = await inRedis((client) => enterWindow(client, key, limit, member));
    if (waitMs !== undefined) {
      return { waitMs, leave: async () => void (await inRedis((client) => client.zrem(key, member))) };
    }
    return { waitMs: local.enter(key, limit, member), leave: async () => local.leave(key, member) };
  };

  return async (limits) => {
    const entered: Leave[] = [];
    const leave = async (): Promise<void> => {
      await Promise.all(entered.map((undo) => undo()));
    };
    for (const limit of limits) {
      const place = await enter(limit);
      if (place.waitMs > 0) {
        await leave();
        throw refused(place.waitMs);
      }
      entered.push(place.leave);
    }
    return leave;
  };
}
