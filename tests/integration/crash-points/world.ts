import { statement } from '#shared/db/run.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { TOPICS } from '#shared/messages/topics.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomName } from '#tests/helpers/random.ts';
import { startProxyTo, type TcpProxy } from '#tools/lab/faults/tcp-proxy.ts';
import { type Environment, type Host, type HttpAnswer, type Invocation, startHost } from './lambda-host.ts';
import type { PostOffice } from './post-office.ts';
import type { TopicLog } from './topic-log.ts';

type Topic = (typeof TOPICS)[number];

/** Databases, topics and a surviving process; used by one test at a time. */
export interface World {
  readonly users: TestDatabase;
  readonly notifications: TestDatabase;
  readonly mail: PostOffice;
  /** A proxy to the notifications database, for processes configured to use it. */
  readonly proxy: TcpProxy;
  /** The environment of a process in this world. */
  readonly env: Environment;
  /** Invokes a handler in the surviving process. */
  survivor(invocation: Invocation): Promise<HttpAnswer | undefined>;
  /** All records that the current test has written to the topic. */
  records(topic: Topic): Promise<readonly RawRecord[]>;
  /** Writes a record that is not an event. */
  writeGarbage(topic: Topic): Promise<void>;
  /** Ends leases and makes waiting rows due. */
  passTime(): Promise<void>;
  /** Removes the data of the previous test. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const TABLES = ['users', 'outbox_events', 'dead_letters', 'cache_invalidations'];
/** Redis is shared, and its keys identify users by id. */
function FIRST_ID() {
  return Math.floor(Math.random() * 2 ** 40);
}

function passTimeIn({ db }: TestDatabase, table: string): Promise<unknown> {
  return statement(db, (executor) =>
    executor(table)
      .update({ next_attempt_at: executor.raw('next_attempt_at - INTERVAL 2 HOUR') })
      .whereNotNull('next_attempt_at'),
  );
}

export function newPrefix(): string {
  return randomName('crash-');
}

export function topicsOf(prefix: string): string[] {
  return TOPICS.map((topic) => `${prefix}${topic}`);
}

export async function openWorld(prefix: string, log: TopicLog, mail: PostOffice): Promise<World> {
  const [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
  await users.db.raw('ALTER TABLE users AUTO_INCREMENT = ?', [FIRST_ID()]);
  const proxy = await startProxyTo(notifications.url);
  const env = {
    USERS_DATABASE_URL: users.url,
    NOTIFICATIONS_DATABASE_URL: notifications.url,
    SMTP_URL: mail.url,
    TOPIC_PREFIX: prefix,
    OPERATOR_TOKEN: undefined,
  };
  const host: Host = startHost(env);
  const skipped = new Map<string, number>();
  const all = (topic: string) => log.read(`${prefix}${topic}`);
  return {
    users,
    notifications,
    mail,
    proxy,
    env,
    survivor: host.invoke,
    records: async (topic) => (await all(topic)).slice(skipped.get(topic) ?? 0),
    writeGarbage: (topic) => log.write(`${prefix}${topic}`, 'neither JSON nor an event'),
    async passTime() {
      await passTimeIn(users, 'outbox_events');
      await passTimeIn(notifications, 'email_deliveries');
    },
    async clear() {
      for (const topic of TOPICS) skipped.set(topic, (await all(topic)).length);
      for (const table of TABLES) await users.db(table).delete();
      await notifications.db('email_deliveries').delete();
    },
    async stop() {
      await host.stop();
      await proxy.stop();
      await Promise.all([users.drop(), notifications.drop()]);
    },
  };
}
