import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { allMessages } from './all-messages.ts';
import { parseMail } from './parse-mail.ts';
import { connectedRedis } from './redis.ts';
import type { RunningApplication } from './run-application.ts';
import { SECRETS } from './secret-marks.ts';

/** The only place for a password hash. */
const HASH_COLUMN = 'password_hash';

async function rowsOf(db: Database): Promise<string[]> {
  const [tables] = await db.raw('SHOW TABLES');
  const names = tables.map((row: object) => String(Object.values(row)[0]));
  const rows = await Promise.all(names.map((name: string) => db(name)));
  return rows.flat().map(({ [HASH_COLUMN]: _hash, ...row }: Record<string, unknown>) => JSON.stringify(row));
}

async function databaseOf(url: string): Promise<string[]> {
  const db = createDatabase(url, 2);
  try {
    return await rowsOf(db);
  } finally {
    await db.destroy();
  }
}

async function entryOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'string') return `${key} ${await redis.get(key)}`;
  return `${key} ${type === 'zset' ? await redis.zrange(key, '0', '-1') : type}`;
}

async function cacheOf(url: string): Promise<string[]> {
  const redis = await connectedRedis(url);
  try {
    return await Promise.all((await redis.keys('*')).map((key) => entryOf(redis, key)));
  } finally {
    redis.disconnect();
  }
}

async function textsOf(raw: string): Promise<string[]> {
  const { text, html } = await parseMail(raw);
  return [raw, text, html];
}

/** Everything that a running application has written so far, by location. */
export async function tracesOf(application: RunningApplication, mails: readonly string[]) {
  const { logFile, usersDatabaseUrl, notificationsDatabaseUrl, redisUrl, brokers, topicPrefix } = application;
  return {
    log: readFileSync(logFile, 'utf8').split('\n'),
    usersDatabase: await databaseOf(usersDatabaseUrl),
    notificationsDatabase: await databaseOf(notificationsDatabaseUrl),
    cache: await cacheOf(redisUrl),
    topics: await allMessages(brokers, topicPrefix),
    mails: (await Promise.all(mails.map(textsOf))).flat(),
  };
}

/** The locations that contain a password, a hash or the operator token. */
export function secretsIn(traces: Readonly<Record<string, readonly string[]>>, operatorToken: string): string[] {
  const isSecret = (text: string): boolean => SECRETS.test(text) || text.includes(operatorToken);
  return Object.entries(traces).flatMap(([place, texts]) => texts.filter(isSecret).map((text) => `${place}: ${text}`));
}
