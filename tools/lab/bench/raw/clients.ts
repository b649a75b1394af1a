import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { Redis } from 'ioredis';
import knex from 'knex';
import { addressOf, newTag, password } from '../../load/registrations.ts';
import { databaseOn, withDatabase } from '../../systems/database.ts';
import { createTopics, withProducer } from '../../systems/kafka.ts';
import type { OurSystem } from '../../systems/our-system.ts';
import type { Servers } from '../../systems/servers.ts';
import { type Contender, perSecond, withCpu } from '../alternate.ts';

/** The defaults of the application. */
const argon2Cost = { memoryCost: 7168, timeCost: 5, parallelism: 1 };
const rawDatabase = 'bench_raw';
const rawTopic = 'bench-produce';

/** argon2id alone, at the cost of production. */
export function argon2Alone(count: number): Contender {
  const run = async (hashes: number) => ({
    'per second': await perSecond(hashes, () => hash(password, argon2Cost)),
  });
  return { name: 'argon2 alone', warm: () => run(64), run: () => run(count) };
}

/** ioredis alone, reading one value as long as a cached user. */
export function redisAlone({ urls }: Servers, count: number): Contender {
  const run = async () => {
    const redis = new Redis(urls['REDIS_URL'] ?? '');
    try {
      await redis.set('bench:user', 'x'.repeat(200));
      return { 'per second': await perSecond(count, () => redis.get('bench:user')) };
    } finally {
      redis.disconnect();
    }
  };
  return { name: 'ioredis GET', warm: run, run: () => withCpu(count, run) };
}

/** A transaction of two inserts, into tables like the application's own. */
export function transactionAlone({ usersDatabaseUrl }: OurSystem, count: number): Contender {
  const source = new URL(usersDatabaseUrl).pathname.slice(1);
  const now = new Date();

  const run = async (transactions: number) => {
    const connection = databaseOn(usersDatabaseUrl, rawDatabase);
    const db = knex({ client: 'mysql2', connection, pool: { min: 0, max: 10 } });
    const tag = newTag();
    const register = (index: number) =>
      db.transaction(async (trx) => {
        const email = addressOf(tag, index);
        const times = { created_at: now, updated_at: now };
        const person = { name: 'Load', lastname: 'Test', email, email_lower: email };
        const [id] = await trx('users').insert({ ...person, password_hash: 'x'.repeat(97), version: 1, ...times });
        await trx('outbox_events').insert({
          uuid: randomUUID(),
          user_id: id,
          user_email: email,
          event_state: 'PROCESSING',
          topic: 'user.email.send',
          added_at: now,
          next_attempt_at: now,
        });
      });
    try {
      return { 'per second': await perSecond(transactions, register) };
    } finally {
      await db.destroy();
    }
  };
  const warm = async () => {
    await withDatabase(usersDatabaseUrl, async (query) => {
      await query('CREATE DATABASE IF NOT EXISTS ??', [rawDatabase]);
      for (const table of ['users', 'outbox_events'])
        await query('CREATE TABLE IF NOT EXISTS ??.?? LIKE ??.??', [rawDatabase, table, source, table]);
    });
    await run(Math.min(count, 200));
  };
  return { name: '2 inserts, one transaction', warm, run: () => withCpu(count, () => run(count)) };
}

/** An event as the application and the one that it replaces publish it. */
export function eventMessage(userEmail: string) {
  const uuid = randomUUID();
  const event = { uuid, eventState: 'PROCESSING', userEmail, addedAt: new Date().toISOString(), processedAt: null };
  return { key: uuid, value: JSON.stringify(event) };
}

/** kafkajs alone, with `batch` messages per request, one request after the other. */
export function produceAlone({ urls }: Servers, { count, batch }: { count: number; batch: number }): Contender {
  const brokers = urls['KAFKA_BROKERS'] ?? '';
  const run = () =>
    withProducer(brokers, async (send) => {
      const messages = Array.from({ length: count }, (_, index) => eventMessage(`${index}@b.io`));
      const started = performance.now();
      for (let at = 0; at < count; at += batch) await send(rawTopic, messages.slice(at, at + batch));
      return { 'per second': (count / (performance.now() - started)) * 1000 };
    });
  const warm = async () => {
    await createTopics(brokers, [rawTopic]);
    await run();
  };
  return { name: `kafkajs alone, ${batch} a batch`, warm, run: () => withCpu(count, run) };
}
