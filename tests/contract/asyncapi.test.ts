import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { TOPICS } from '#shared/messages/topics.ts';
import { call } from '#tests/helpers/call.ts';
import { eventWhen } from '#tests/helpers/events.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { connectWire } from '#tests/helpers/wire.ts';

interface AsyncApi {
  readonly asyncapi: string;
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Record<string, { $ref: string }> }>
  >;
  readonly operations: Readonly<Record<string, { readonly channel: { readonly $ref: string } }>>;
  readonly components: unknown;
}

const { body: document } = await call<AsyncApi>('GET', '/asyncapi.json');
const wire = await connectWire();
afterAll(() => wire.close());

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': true } });
ajv.addSchema(document, 'asyncapi');

/** What is wrong with a message on a topic, by the document. */
function problemsOf(topic: string, value: string | null, headers: Readonly<Record<string, string>>): unknown[] {
  const [message] = Object.values(document.channels[topic]?.messages ?? {});
  const parts = [
    ['payload', JSON.parse(value ?? '')],
    ['headers', headers],
  ] as const;
  return parts.flatMap(([part, data]) => {
    const validate = ajv.compile({ $ref: `asyncapi${message?.$ref}/${part}` });
    return validate(data) ? [] : (validate.errors ?? []);
  });
}

describe('GET /asyncapi.json', () => {
  it('describes the four topics, and operations on them only', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual([...TOPICS]);
    const used = Object.values(document.operations).map(({ channel }) => channel.$ref.replace('#/channels/', ''));
    expect([...new Set(used)].sort()).toEqual([...TOPICS].sort());
  });

  it('fits the messages that a registration, a refusal and a malformed confirmation leave on them', async () => {
    const [email, refused] = [randomEmail(), `bounce-${randomEmail()}`];
    await Promise.all([register({ email }), register({ email: refused })]);
    const { uuid } = await eventWhen(email, 'FINISHED');
    const { uuid: failed } = await eventWhen(refused, 'FAILED');
    const malformed = randomUUID();
    await wire.write('user.email.sent', [{ key: malformed, value: 'no JSON' }]);

    const wanted = [
      ['user.email.send', uuid],
      ['user.email.sent', uuid],
      ['user.email.send.dlq', failed],
      ['user.email.sent.dlq', malformed],
    ] as const;
    for (const [topic, key] of wanted) {
      await waitFor(() => wire.on(topic, key).length > 0, { what: `${key} on ${topic}` });
      for (const { value, headers } of wire.on(topic, key)) expect(problemsOf(topic, value, headers)).toEqual([]);
    }
  });

  it('tells a message that does not fit', () => {
    expect(problemsOf('user.email.send', '{"uuid":"x"}', {})).not.toEqual([]);
  });
});
