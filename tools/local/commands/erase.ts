import { hostname, userInfo } from 'node:os';
import { getConfig } from '#shared/config/config.ts';
import { LOCAL_DEFAULTS } from '#shared/config/defaults.ts';
import { notificationsDatabase, usersDatabase } from '#shared/db/databases.ts';
import { store } from '#shared/db/run.ts';
import { RETENTION_MS } from '#shared/messages/topics.ts';
import { deliveryRepository } from '#shared/notifications/delivery-repository.ts';
import { log } from '#shared/observability/logger.ts';
import { codeVersions } from '#shared/runtime/code-version.ts';
import { erasePerson } from '#shared/users/erase-person.ts';
import { userCache } from '#shared/users/user-cache.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import { say } from '../cli/progress.ts';
import { readSettings } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';

const help = `npm run erase -- <address> [options]

Finds a person by mail address and erases the person everywhere: the user, the cached user, events, deliveries and dead letters.
A mail that waits is not sent any more. After an interruption, run it again. Prints a line for the audit trail.

  --list           says where the person is; changes nothing
  --help

The databases and Redis are those of the environment: USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL, REDIS_URL, and STAGE with its
settings. Without these variables, those of npm start.
`;

/** `npm run erase` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    const { values, positionals } = readOptions(args, { list: { type: 'boolean', default: false } }, true);
    const [given = '', ...others] = positionals;
    if (!given.includes('@') || others.length > 0) throw new StartError('Name one mail address. Run with --help.');
    useLocalServers();
    try {
      return await erase(given.normalize('NFC').trim().toLowerCase(), values.list);
    } finally {
      await Promise.all(codeVersions().map((version) => version.close()));
    }
  });
}

/** The configuration knows the default ports only. */
function useLocalServers(): void {
  const { urls } = readSettings(process.env);
  if ((process.env['STAGE'] ?? 'local') !== 'local') return;
  for (const name of Object.keys(LOCAL_DEFAULTS) as (keyof typeof urls)[]) process.env[name] ??= urls[name];
}

async function erase(address: string, isList: boolean): Promise<number> {
  const people = erasePerson({ database: usersDatabase, cache: userCache });
  const deliveries = store(notificationsDatabase, deliveryRepository);
  const person = await people.find(address);
  const { userId, events, deadLetters } = person;
  const waiting = await deliveries((rows) => rows.waitingFor(events, address));
  if (!isList) {
    await deliveries((rows) => rows.endErased(waiting));
    await people.erase(person);
    const operator = `${userInfo().username}@${hostname()}`;
    log.info('Audit', { action: 'person erased', operator, userId, events, deliveries: waiting, deadLetters });
  }
  const days = RETENTION_MS / 86_400_000;
  say(`users               ${userId === undefined ? 0 : `1 (id ${userId}), and its cached copy in Redis`}`);
  say(`outbox_events       ${events.length}`);
  say(`email_deliveries    ${waiting.length} waiting; ended ones have no address`);
  say(`dead_letters        ${deadLetters.length} with the address in their text`);
  say(
    `Kafka               not searched: messages end after ${days} days (topics with the prefix '${getConfig().TOPIC_PREFIX}')`,
  );
  const isKnown = userId !== undefined || events.length + waiting.length + deadLetters.length > 0;
  if (isKnown) say(isList ? 'Nothing was changed.' : 'Erased.');
  else say('This person is unknown.');
  return 0;
}
