/** Schedule: every minute. Relays the outbox to Kafka and does the other periodic work of the users context. */

import { settleAll } from '#shared/async/waiting.ts';
import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { markLists } from '#shared/db/mark-lists.ts';
import { publish } from '#shared/kafka/producer.ts';
import { deadLetterLists } from '#shared/outbox/list-dead-letters.ts';
import { eventLists } from '#shared/outbox/list-events.ts';
import { purgeEvents, reportOutbox } from '#shared/outbox/outbox-upkeep.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { scheduledHandler } from '#shared/runtime/scheduled-handler.ts';
import { hasTime, oncePerRun, type ShouldContinue } from '#shared/runtime/time-left.ts';
import { userLists } from '#shared/users/list-users.ts';
import { userCache } from '#shared/users/user-cache.ts';
import { drainCacheInvalidations, purgeKeys } from '#shared/users/user-upkeep.ts';

/** The longest that a round may need to publish a last batch. */
const RESERVE_MS = 8000;

const startRelay = relayOutbox({ database: usersDatabase, publish });
const repeatInvalidations = drainCacheInvalidations(usersDatabase, userCache);
const purgeOldEvents = purgeEvents(usersDatabase);
const purgeOldKeys = purgeKeys(usersDatabase);
const report = reportOutbox(usersDatabase);
const startMarking = markLists(usersDatabase, [...userLists, ...eventLists, ...deadLetterLists]);

function purge(shouldContinue: ShouldContinue): Promise<void> {
  return settleAll([purgeOldEvents(getConfig().EVENT_KEEP_DAYS, shouldContinue), purgeOldKeys(shouldContinue)]);
}

/**
 * Each round relays the outbox and repeats unacknowledged cache invalidations. The first round also reports how long
 * events wait. Once per run, old events, dead letters and idempotency keys are purged and the marks of long lists renewed: a
 * slice after each round's work.
 */
export const handler = scheduledHandler(() => {
  const relay = startRelay(getConfig().RELAY_MAX_REPUBLISH);
  const purgeOnce = oncePerRun(purge);
  const reportOnce = oncePerRun(report);
  const mark = startMarking();
  return async (remainingMs) => {
    const shouldContinue = hasTime(remainingMs, RESERVE_MS);
    try {
      await settleAll([relay(shouldContinue), repeatInvalidations(), reportOnce(shouldContinue)]);
    } finally {
      await settleAll([purgeOnce(shouldContinue), mark(shouldContinue)]);
    }
  };
}, RESERVE_MS);
