import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { redisClient } from '#shared/cache/redis.ts';
import { getConfig } from '#shared/config/config.ts';
import { clientOf } from './client-address.ts';
import { type RateLimit, rateLimiter } from './rate-limiter.ts';

const limitRate = rateLimiter(redisClient);

/** A limit as it is configured: none when it is not set, or 0. */
function limited(what: string, of: string | number, limit: number | undefined): RateLimit[] {
  return limit === undefined || limit === 0
    ? []
    : [{ what, of: String(of), limit, windowMs: getConfig().RATE_LIMIT_WINDOW_SECONDS * 1000 }];
}

export type LimitSignUps = (event: APIGatewayProxyEventV2) => Promise<void>;
export type LimitPasswordChecks = (event: APIGatewayProxyEventV2, userId: number) => Promise<void>;

/** Counts a sign-up of its client. @throws AppError RATE_LIMITED */
export const limitSignUps: LimitSignUps = async (event) =>
  limitRate(limited('sign-up', clientOf(event), getConfig().RATE_LIMIT_SIGN_UP_PER_IP));

/**
 * Counts a password check of its client, and of the user whose password it is; before the check, so that guesses made at the
 * same time count as well.
 * @throws AppError RATE_LIMITED
 */
export const limitPasswordChecks: LimitPasswordChecks = async (event, userId) => {
  const { RATE_LIMIT_PASSWORD_PER_IP: perClient, RATE_LIMIT_PASSWORD_PER_USER: perUser } = getConfig();
  await limitRate([...limited('password', clientOf(event), perClient), ...limited('password-of', userId, perUser)]);
};
