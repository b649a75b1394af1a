import { getConfig, requiredSetting } from '#shared/config/config.ts';
import { lazy } from '#shared/lifecycle/lazy.ts';
import { onClose } from '#shared/lifecycle/lifecycle.ts';
import { createDatabase, type Database } from './database.ts';

const databaseAt = (variable: 'USERS_DATABASE_URL' | 'NOTIFICATIONS_DATABASE_URL') => {
  const open = (): (() => Promise<Database>) =>
    lazy(async () => {
      const database = createDatabase(await requiredSetting(variable), getConfig().DATABASE_POOL_SIZE);
      onClose(variable, async () => {
        current = open();
        await database.destroy();
      });
      return database;
    });
  let current = open();
  return (): Promise<Database> => current();
};

/** The users context's database (users, outbox_events, dead_letters, cache_invalidations). */
export const usersDatabase = databaseAt('USERS_DATABASE_URL');

/** The notifications context's database (email_deliveries). */
export const notificationsDatabase = databaseAt('NOTIFICATIONS_DATABASE_URL');
