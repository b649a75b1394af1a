import { allOf } from '#shared/async/settle-all.ts';
import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { purgeEvents } from '#shared/outbox/purge-events.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { reportUnpublished } from '#shared/outbox/report-unpublished.ts';
import { scheduledHandler } from '#shared/runtime/scheduled-handler.ts';
import { hasTime, type MayGoOn, onceDone } from '#shared/runtime/time-left.ts';
import { drainCacheInvalidations } from '#shared/users/drain-cache-invalidations.ts';
import { purgeKeys } from '#shared/users/purge-keys.ts';
import { userCache } from '#shared/users/user-cache.ts';

/** What a round may still have to do when the time is nearly up: publish one batch. */
const RESERVE_MS = 8000;

export interface RelayWork {
  /** Begins a run and returns its round. */
  startRelay(): (mayGoOn: MayGoOn) => Promise<void>;
  invalidateCache(): Promise<void>;
  purge(mayGoOn: MayGoOn): Promise<void>;
  report(): Promise<void>;
}

export function relayHandler({ startRelay, invalidateCache, purge, report }: RelayWork) {
  return scheduledHandler(() => {
    const relay = startRelay();
    const purgeFirst = onceDone(purge);
    const reportOnce = onceDone(report);
    return (remainingMs) => {
      const mayGoOn = hasTime(remainingMs, RESERVE_MS);
      return allOf([relay(mayGoOn), invalidateCache(), purgeFirst(mayGoOn), reportOnce(mayGoOn)]);
    };
  }, RESERVE_MS);
}

const startRelay = relayOutbox({ database: usersDatabase, publish });
const purgeOldEvents = purgeEvents(usersDatabase);
const purgeOldKeys = purgeKeys(usersDatabase);

export const handler = relayHandler({
  startRelay: () => startRelay(getConfig().RELAY_MAX_REPUBLISH),
  invalidateCache: drainCacheInvalidations(usersDatabase, userCache),
  purge: (mayGoOn) => allOf([purgeOldEvents(getConfig().EVENT_KEEP_DAYS, mayGoOn), purgeOldKeys(mayGoOn)]),
  report: reportUnpublished(usersDatabase),
});
