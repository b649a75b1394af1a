import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { allOf } from '#shared/lifecycle/all-of.ts';
import { hasTime, type MayGoOn, onceDone } from '#shared/lifecycle/may-go-on.ts';
import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { purgeEvents } from '#shared/outbox/purge-events.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { drainCacheInvalidations } from '#shared/users/drain-cache-invalidations.ts';
import { userCache } from '#shared/users/user-cache.ts';

/** What a round may still have to do when the time is nearly up: publish one batch. */
const RESERVE_MS = 8000;

export interface RelayWork {
  /** Begins a run and returns its round. */
  startRelay(): (mayGoOn: MayGoOn) => Promise<void>;
  invalidateCache(): Promise<void>;
  purge(mayGoOn: MayGoOn): Promise<void>;
}

export const relayHandler = ({ startRelay, invalidateCache, purge }: RelayWork) =>
  scheduledHandler(() => {
    const relay = startRelay();
    const purgeFirst = onceDone(purge);
    return (remainingMs) => {
      const mayGoOn = hasTime(remainingMs, RESERVE_MS);
      return allOf([relay(mayGoOn), invalidateCache(), purgeFirst(mayGoOn)]);
    };
  }, RESERVE_MS);

const startRelay = relayOutbox({ database: usersDatabase, publish });
const purge = purgeEvents(usersDatabase);

export const handler = relayHandler({
  startRelay: () => startRelay(getConfig().RELAY_MAX_REPUBLISH),
  invalidateCache: drainCacheInvalidations(usersDatabase, userCache),
  purge: (mayGoOn) => purge(getConfig().EVENT_KEEP_DAYS, mayGoOn),
});
