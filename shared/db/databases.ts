import { getConfig, requiredSetting } from '#shared/config/config.ts';
import { reopenable } from '#shared/lifecycle/reopenable.ts';
import { createDatabase, type Database } from './database.ts';

const databaseAt = (variable: 'USERS_DATABASE_URL' | 'NOTIFICATIONS_DATABASE_URL'): (() => Promise<Database>) =>
  reopenable(
    variable,
    async () => createDatabase(await requiredSetting(variable), getConfig().DATABASE_POOL_SIZE),
    (database) => database.destroy(),
  ).get;

/** The users context's database (users, outbox_events, dead_letters, cache_invalidations). */
export const usersDatabase = databaseAt('USERS_DATABASE_URL');

/** The notifications context's database (email_deliveries). */
export const notificationsDatabase = databaseAt('NOTIFICATIONS_DATABASE_URL');
