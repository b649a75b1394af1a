import { notificationsTestDatabase, type TestDatabase } from './databases.ts';
import { deliveriesIn } from './deliveries.ts';
import { startMailServer, type TestMailServer } from './smtp-server.ts';

export interface NotificationServers {
  readonly database: TestDatabase;
  readonly mail: TestMailServer;
  readonly deliveries: ReturnType<typeof deliveriesIn>;
  stop(): Promise<void>;
}

/** A new database, and a mail server that SMTP_URL names. */
export async function startNotificationServers(): Promise<NotificationServers> {
  const [database, mail] = await Promise.all([notificationsTestDatabase(), startMailServer()]);
  process.env['SMTP_URL'] = mail.url;
  return {
    database,
    mail,
    deliveries: deliveriesIn(database),
    async stop() {
      await database.drop();
      await mail.stop();
    },
  };
}
