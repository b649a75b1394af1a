import { redisClient } from '#shared/cache/redis.ts';
import type { Database } from '#shared/db/database.ts';
import { notificationsDatabase, usersDatabase } from '#shared/db/databases.ts';
import { statement } from '#shared/db/run.ts';
import { probeBroker } from '#shared/kafka/probe-broker.ts';
import { probeMailServer } from '#shared/mail/probe-mail-server.ts';
import type { Checks } from './check-dependencies.ts';

function database(connect: () => Promise<Database>) {
  return async () => statement(await connect(), (db) => db.raw('SELECT 1'));
}

export const dependencyChecks: Checks = {
  mysqlUsers: { isVital: true, probe: database(usersDatabase) },
  mysqlNotifications: { isVital: true, probe: database(notificationsDatabase) },
  redis: { isVital: false, probe: async () => (await redisClient()).ping() },
  kafka: { isVital: false, probe: probeBroker },
  smtp: { isVital: false, probe: probeMailServer },
};
