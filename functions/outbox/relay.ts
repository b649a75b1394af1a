import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { drainCacheInvalidations } from '#shared/users/drain-cache-invalidations.ts';
import { userCache } from '#shared/users/user-cache.ts';

/** What a round may still have to do when the time is nearly up: publish one batch. */
const RESERVE_MS = 8000;

export interface RelayRound {
  relay(republishBudget: number): Promise<{ republished: number }>;
  invalidate(): Promise<void>;
  maxRepublish(): number;
}

export const relayHandler = ({ relay, invalidate, maxRepublish }: RelayRound) =>
  scheduledHandler(async () => {
    const [, relayed] = await Promise.allSettled([invalidate(), relay(maxRepublish())]);
    if (relayed.status === 'rejected') throw relayed.reason;
  }, RESERVE_MS);

export const handler = relayHandler({
  relay: relayOutbox({ database: usersDatabase, publish }),
  invalidate: drainCacheInvalidations(usersDatabase, userCache),
  maxRepublish: () => getConfig().RELAY_MAX_REPUBLISH,
});
