import { readFileSync } from 'node:fs';
import type { RawRecord } from '#shared/kafka/records.ts';
import { kafkaEvent } from '#tests/helpers/raw-records.ts';
import type { Invocation } from './lambda-host.ts';

const PASSWORD = 'correct-horse-1';

/** A sample of `events/`, complete as API Gateway sends it, with the test's own values. */
function sample(name: string, changes: Readonly<Record<string, unknown>>): unknown {
  return {
    ...JSON.parse(readFileSync(new URL(`../../../events/${name}.json`, import.meta.url), 'utf8')),
    ...changes,
  };
}

function user(id: number) {
  return { pathParameters: { id: String(id) } };
}

/** The body of a registration. */
export function registration(email: string) {
  return { name: 'Ann', lastname: 'Lee', email, password: PASSWORD };
}

export function create(email: string): Invocation {
  return {
    handler: 'createUser',
    event: sample('createUser', { body: JSON.stringify(registration(email)) }),
  };
}

export function get(id: number): Invocation {
  return { handler: 'getUser', event: sample('getUser', user(id)) };
}

export function rename(id: number, name: string): Invocation {
  return {
    handler: 'updateUser',
    event: sample('updateUser', { ...user(id), body: JSON.stringify({ name, oldPassword: PASSWORD }) }),
  };
}

export function remove(id: number): Invocation {
  return { handler: 'removeUser', event: sample('removeUser', user(id)) };
}

export function retry(uuid: string): Invocation {
  return {
    handler: 'retryEvent',
    event: sample('retryEvent', { pathParameters: { uuid } }),
  };
}

export const relay: Invocation = { handler: 'relayOutbox', event: { once: true } };

export const deliverDue: Invocation = { handler: 'deliverDue', event: { once: true } };

/** One batch of an event source mapping. */
export function batch(
  handler: 'sendWelcomeEmail' | 'confirmEmailSent' | 'recordDeadLetter',
  records: readonly RawRecord[],
): Invocation {
  return { handler, event: kafkaEvent(records) };
}
