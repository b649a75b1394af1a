import { readFileSync } from 'node:fs';
import type { RawRecord } from '#shared/kafka/records.ts';
import type { Invocation } from './lambda-host.ts';

const PASSWORD = 'correct-horse-1';

/** A sample of `events/`, which is whole as API Gateway sends it, with what the test is about put in. */
const sample = (name: string, changes: Readonly<Record<string, unknown>>): unknown => ({
  ...JSON.parse(readFileSync(new URL(`../../../events/${name}.json`, import.meta.url), 'utf8')),
  ...changes,
});

const user = (id: number) => ({ pathParameters: { id: String(id) } });

/** The body of a registration. */
export const registration = (email: string) => ({ name: 'Ann', lastname: 'Lee', email, password: PASSWORD });

export const create = (email: string): Invocation => ({
  handler: 'createUser',
  event: sample('createUser', { body: JSON.stringify(registration(email)) }),
});

export const get = (id: number): Invocation => ({ handler: 'getUser', event: sample('getUser', user(id)) });

export const rename = (id: number, name: string): Invocation => ({
  handler: 'updateUser',
  event: sample('updateUser', { ...user(id), body: JSON.stringify({ name, oldPassword: PASSWORD }) }),
});

export const remove = (id: number): Invocation => ({ handler: 'removeUser', event: sample('removeUser', user(id)) });

export const retry = (uuid: string): Invocation => ({
  handler: 'retryEvent',
  event: sample('retryEvent', { pathParameters: { uuid } }),
});

export const relay: Invocation = { handler: 'relayOutbox', event: { once: true } };

export const deliverDue: Invocation = { handler: 'deliverDue', event: { once: true } };

/** A batch of one event source mapping. */
export const batch = (
  handler: 'sendWelcomeEmail' | 'confirmEmailSent' | 'recordDeadLetter',
  records: readonly RawRecord[],
): Invocation => {
  const byPartition: Record<string, RawRecord[]> = {};
  for (const record of records) {
    const key = `${record.topic}-${record.partition}`;
    byPartition[key] = [...(byPartition[key] ?? []), record];
  }
  return { handler, event: { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1', records: byPartition } };
};
