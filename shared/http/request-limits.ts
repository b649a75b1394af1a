import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { redisClient } from '#shared/cache/redis.ts';
import { getConfig } from '#shared/config/config.ts';
import { clientOf } from './client-address.ts';
import { type RateLimit, rateLimiter } from './rate-limiter.ts';

const limitRate = rateLimiter(redisClient);

/** The configured limit; none if it is not set or 0. */
function limited(what: string, of: string | number, limit: number | undefined): RateLimit[] {
  return limit === undefined || limit === 0
    ? []
    : [{ what, of: String(of), limit, windowMs: getConfig().RATE_LIMIT_WINDOW_SECONDS * 1000 }];
}

export type LimitSignUps = (event: APIGatewayProxyEventV2) => Promise<void>;
export type LimitPasswordChecks = (event: APIGatewayProxyEventV2, userId: number) => Promise<void>;

/** Counts a sign-up of a client. @throws AppError RATE_LIMITED */
export const limitSignUps: LimitSignUps = async (event) => {
  await limitRate(limited('sign-up', clientOf(event), getConfig().RATE_LIMIT_SIGN_UP_PER_IP));
};

/**
 * Counts a password check of a client and of the user. Called before the check, so that concurrent guesses count as well.
 * @throws AppError RATE_LIMITED
 */
export const limitPasswordChecks: LimitPasswordChecks = async (event, userId) => {
  const { RATE_LIMIT_PASSWORD_PER_IP: perClient, RATE_LIMIT_PASSWORD_PER_USER: perUser } = getConfig();
  await limitRate([...limited('password', clientOf(event), perClient), ...limited('password-of', userId, perUser)]);
};
