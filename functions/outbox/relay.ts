import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { stopSignal } from '#shared/lifecycle/lifecycle.ts';
import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { drainCacheInvalidations } from '#shared/users/drain-cache-invalidations.ts';
import { userCache } from '#shared/users/user-cache.ts';

/** What a round may still have to do when the time is nearly up: publish one batch. */
const RESERVE_MS = 8000;

export interface RelayWork {
  relay(republishBudget: number, mayGoOn: () => boolean): Promise<{ republished: number }>;
  invalidateCache(): Promise<void>;
  /** How many unconfirmed events one run publishes again at most. */
  republishBudget(): number;
}

export const relayHandler = ({ relay, invalidateCache, republishBudget }: RelayWork) =>
  scheduledHandler(() => {
    let budget = republishBudget();
    return async (remainingMs) => {
      const mayGoOn = () => remainingMs() > RESERVE_MS && !stopSignal.aborted;
      const relaying = relay(budget, mayGoOn).then(({ republished }) => {
        budget -= republished;
      });
      const [relayed] = await Promise.allSettled([relaying, invalidateCache()]);
      if (relayed.status === 'rejected') throw relayed.reason;
    };
  }, RESERVE_MS);

export const handler = relayHandler({
  relay: relayOutbox({ database: usersDatabase, publish }),
  invalidateCache: drainCacheInvalidations(usersDatabase, userCache),
  republishBudget: () => getConfig().RELAY_MAX_REPUBLISH,
});
