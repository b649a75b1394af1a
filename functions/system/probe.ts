/** Schedule: every five minutes in a deployed stage with the parameter `probe`. Registers a user over HTTP, waits until the event is FINISHED and erases the user. */

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getConfig } from '#shared/config/config.ts';
import { requiredSetting } from '#shared/config/settings.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { store } from '#shared/db/run.ts';
import { log } from '#shared/observability/logger.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { removeUser } from '#shared/users/remove-user.ts';
import { userCache } from '#shared/users/user-cache.ts';
import { userRepository } from '#shared/users/user-repository.ts';

const LIMIT_MS = 50_000;
const POLL_MS = 250;
/** As long as a run may take; after that, a user is what an earlier one left. */
const LEFT_MS = 60_000;

const users = store(usersDatabase, userRepository);
const outbox = store(usersDatabase, outboxRepository);
const remove = removeUser({ database: usersDatabase, cache: userCache });

async function register(email: string): Promise<number> {
  const response = await fetch(new URL('/api/users/', await requiredSetting('USERS_BASE_URL')), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Probe', lastname: 'Probe', email, password: randomBytes(6).toString('hex') }),
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status !== 201) throw new Error(`The probe's registration was answered with ${response.status}`);
  const created: { id?: unknown } = Object(await response.json());
  return Number(created.id);
}

/**
 * Erases first what earlier runs left: a call may take effect after its run gave it up.
 * @returns the seconds from the call to the confirmation of the mail. @throws if there is none within 50 s
 */
export function handler(): Promise<{ seconds: number }> {
  return tracked(async () => {
    const domain = getConfig().PROBE_DOMAIN.toLowerCase();
    // A prefix of its own, so that an index finds the users.
    for (const id of await users((rows) => rows.idsLike(`probe-%@${domain}`, LEFT_MS))) await remove(id);
    const email = `probe-${randomBytes(3).toString('hex')}@${domain}`;
    const started = performance.now();
    try {
      const id = await register(email);
      while ((await outbox((events) => events.stateOfUser(id))) !== 'FINISHED') {
        if (performance.now() - started > LIMIT_MS) throw new Error("The probe's mail was not confirmed within 50 s");
        await delay(POLL_MS);
      }
    } finally {
      const id = await users((rows) => rows.idOf(email));
      if (id !== undefined) await remove(id);
    }
    const seconds = (performance.now() - started) / 1000;
    reportMetric('ProbeSeconds', seconds);
    log.info('Probe registered and erased', { seconds });
    return { seconds };
  });
}
