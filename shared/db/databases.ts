import { isIP } from 'node:net';
import { ConfigError, getConfig } from '#shared/config/config.ts';
import { renewedSetting, requiredSetting } from '#shared/config/settings.ts';
import { tlsTo } from '#shared/config/tls.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { connectionSettings, createDatabase, type Database, type DatabaseAccess } from './database.ts';
import { checkSchema } from './schema-version.ts';

export type DatabaseVariable = 'USERS_DATABASE_URL' | 'NOTIFICATIONS_DATABASE_URL';

/** URL, TLS and login renewal of a database, from the configuration. @throws ConfigError, AppError DEPENDENCY_DOWN */
export async function databaseAccess(variable: DatabaseVariable): Promise<DatabaseAccess & { readonly url: string }> {
  const url = await requiredSetting(variable);
  const { host } = connectionSettings(url);
  const tls = await tlsTo('DATABASE_TLS', [host]);
  // For an IP address the driver would verify the certificate against "localhost".
  if (tls !== undefined && isIP(host) !== 0)
    throw new ConfigError(variable, 'must name its host instead of an IP address, to verify the certificate');
  return { url, tls, renewUrl: (refused) => renewedSetting(variable, refused) };
}

function databaseAt(variable: DatabaseVariable): () => Promise<Database> {
  return reopenable(
    variable,
    async () => {
      const { url, ...access } = await databaseAccess(variable);
      const database = createDatabase(url, getConfig().DATABASE_POOL_SIZE, access);
      try {
        await checkSchema(database, variable);
        return database;
      } catch (error) {
        // Without waiting: a server that is down may not answer this either.
        database.destroy().catch(() => undefined);
        throw error;
      }
    },
    (database) => database.destroy(),
  ).get;
}

/** The users context's database (users, outbox_events, dead_letters, cache_invalidations, idempotency_keys). */
export const usersDatabase = databaseAt('USERS_DATABASE_URL');

/** The notifications context's database (email_deliveries). */
export const notificationsDatabase = databaseAt('NOTIFICATIONS_DATABASE_URL');
