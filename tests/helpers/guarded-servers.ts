import { vi } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { aclOf, asAdmin, type GuardedKafka, startGuardedKafka, tableBelow } from './guarded-kafka.ts';
import { startOwnMariadb } from './own-server.ts';
import { startMailServer, type TestMailServer } from './smtp-server.ts';

/** Who a function logs in as: its context, the user that only reads, or the preparation. */
type Login = 'users' | 'notifications' | 'reader' | 'preparation';

const DATABASE_USERS: Partial<Record<Login, string>> = { reader: 'reader', preparation: 'migration' };

export interface GuardedServers {
  readonly broker: GuardedKafka;
  readonly mail: TestMailServer;
  /** The databases' owner. */
  readonly owner: Database;
  urlFor(user: string, name: string): string;
  /** Makes this process a function with that login: fresh modules read the environment again. */
  as(login: Login): void;
  stop(): Promise<void>;
}

/** A database server and a broker that grant what docs/access.md lists, and no more. */
export async function startGuardedServers(): Promise<GuardedServers> {
  const acl = tableBelow('Users of the brokers');
  const names = [...new Set(acl.map(([[user = ''] = []]) => user))];
  const [database, broker, mail] = await Promise.all([startOwnMariadb(), startGuardedKafka(names), startMailServer()]);
  const urlFor = (user: string, name: string) => `mysql://${user}:password@127.0.0.1:${database.port}/${name}`;
  const owner = createDatabase(urlFor('tester', 'users'), 1);
  await grantDatabases(owner);
  await asAdmin(broker, undefined, (admin) => admin.createAcls({ acl: acl.flatMap(aclOf) }));

  return {
    broker,
    mail,
    owner,
    urlFor,
    as(login) {
      vi.resetModules();
      Object.assign(process.env, {
        STAGE: 'local',
        USERS_DATABASE_URL: urlFor(DATABASE_USERS[login] ?? 'users', 'users'),
        NOTIFICATIONS_DATABASE_URL: urlFor(DATABASE_USERS[login] ?? 'notifications', 'notifications'),
        KAFKA_BROKERS: `127.0.0.1:${broker.loginPort}`,
        KAFKA_CREDENTIALS: JSON.stringify({ username: login === 'reader' ? 'users' : login, password: 'password' }),
        KAFKA_SASL_MECHANISM: 'plain',
        SMTP_URL: mail.url,
        TOPIC_PREFIX: '',
      });
    },
    async stop() {
      await owner.destroy();
      await Promise.all([database.stop(), broker.stop(), mail.stop()]);
    },
  };
}

async function grantDatabases(owner: Database): Promise<void> {
  for (const [[user = ''] = [], databases = [], privileges = []] of tableBelow('Users of the databases')) {
    await owner.raw(`CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY 'password'`);
    for (const name of databases) await owner.raw(`GRANT ${privileges.join(', ')} ON ${name} TO '${user}'@'%'`);
  }
}
