import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { redisClient } from '#shared/cache/redis.ts';
import { getConfig } from '#shared/config/config.ts';
import { clientOf } from './client-address.ts';
import { type Leave, type RateLimit, rateLimiter } from './rate-limiter.ts';

const limitRate = rateLimiter(redisClient);

const DAY_SECONDS = 24 * 60 * 60;

/** The configured limit; none if it is not set or 0. */
function limited(
  what: string,
  of: string | number,
  limit: number | undefined,
  windowSeconds = getConfig().RATE_LIMIT_WINDOW_SECONDS,
): RateLimit[] {
  return limit === undefined || limit === 0 ? [] : [{ what, of: String(of), limit, windowMs: windowSeconds * 1000 }];
}

export type LimitSignUps = (event: APIGatewayProxyEventV2) => Promise<Leave>;
export type LimitPasswordChecks = (event: APIGatewayProxyEventV2, userId: number) => Promise<Leave>;

/** Counts a sign-up of a client. @throws AppError RATE_LIMITED */
export const limitSignUps: LimitSignUps = async (event) => {
  return limitRate(limited('sign-up', clientOf(event), getConfig().RATE_LIMIT_SIGN_UP_PER_IP));
};

/**
 * Counts a password check of a client and of the user. Called before the check, so that concurrent guesses count as well.
 * @throws AppError RATE_LIMITED
 */
export const limitPasswordChecks: LimitPasswordChecks = async (event, userId) => {
  const { RATE_LIMIT_PASSWORD_PER_IP: perClient, RATE_LIMIT_PASSWORD_PER_USER: perUser } = getConfig();
  return limitRate([...limited('password', clientOf(event), perClient), ...limited('password-of', userId, perUser)]);
};

/**
 * Counts a welcome mail to a recipient.
 * @param recipient its keyed digest, only called if there is a limit
 * @throws AppError RATE_LIMITED
 */
export async function limitMailsPerAddress(recipient: () => Promise<string>): Promise<Leave> {
  const { RATE_LIMIT_MAILS_PER_ADDRESS: limit = 0 } = getConfig();
  return limit === 0 ? async () => undefined : limitRate(limited('mails', await recipient(), limit, DAY_SECONDS));
}

/** Counts a change of a user's address. @throws AppError RATE_LIMITED */
export async function limitAddressChanges(userId: number): Promise<Leave> {
  const { RATE_LIMIT_ADDRESS_CHANGES_PER_USER: limit } = getConfig();
  return limitRate(limited('address-changes', userId, limit, DAY_SECONDS));
}
