import { ConfigResourceTypes, type Consumer } from 'kafkajs';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka, openKafka } from '#shared/kafka/kafka-client.ts';
import { publish } from '#shared/kafka/producer.ts';
import { decodeRecord } from '#shared/kafka/records.ts';
import { createTopics, growTopics } from '#shared/messages/create-topics.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { TOPICS } from '#shared/messages/topics.ts';
import { randomName } from '#tests/helpers/random.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

interface Received {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const prefix = randomName('t-');
const received: Received[] = [];
let consumer: Consumer;

beforeAll(async () => {
  process.env['TOPIC_PREFIX'] = prefix;
  await createTopics();
  consumer = await openKafka(async (kafka) => kafka.consumer({ groupId: randomName('g-') }));
  await consumer.connect();
  await consumer.subscribe({ topics: TOPICS.map((topic) => `${prefix}${topic}`), fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      const [key, value] = [String(message.key), String(message.value)];
      received.push({ topic, key, value, headers: Object.fromEntries(headers) });
    },
  });
});

afterAll(async () => {
  await consumer.disconnect();
});

function arrived(key: string): Promise<Received> {
  return waitFor(() => received.find((message) => message.key === key), { what: 'the message' }) as Promise<Received>;
}

describe('the broker', () => {
  it('gets every topic once, with three partitions', async () => {
    const admin = await openKafka(async (kafka) => kafka.admin());
    const { topics } = await admin.fetchTopicMetadata({ topics: TOPICS.map((topic) => `${prefix}${topic}`) });
    await admin.disconnect();

    expect(topics.map(({ partitions }) => partitions.length)).toEqual(TOPICS.map(() => 3));
    expect(await createTopics()).toEqual([]);
  });

  it('gets more partitions for a topic that has fewer than configured', async () => {
    const names = TOPICS.map((topic) => `${randomName('grown-')}.${topic}`);
    const admin = await openKafka(async (kafka) => kafka.admin());
    const partitions = async () =>
      (await admin.fetchTopicMetadata({ topics: names })).topics.map((topic) => topic.partitions.length);
    await admin.createTopics({ waitForLeaders: true, topics: names.map((topic) => ({ topic, numPartitions: 1 })) });

    const done = await growTopics(admin, names, 12);

    expect(done.sort()).toEqual(names.sort());
    await waitFor(async () => (await partitions()).every((count) => count === 12), { what: 'twelve partitions each' });
    expect(await growTopics(admin, names, 3)).toEqual([]);
    expect(await partitions()).toEqual([12, 12, 12, 12]);
    await admin.disconnect();
  });

  it('gets the retention that the guarantees need, also for a topic that exists, which keeps its other settings', async () => {
    const name = `${prefix}user.email.sent`;
    const resource = { type: ConfigResourceTypes.TOPIC, name };
    const admin = await openKafka(async (kafka) => kafka.admin());
    const settings = async () => {
      const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
      return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    };
    const wrong = { 'retention.ms': '3600000', 'retention.bytes': '1000', 'cleanup.policy': 'compact' };
    const own = { 'max.message.bytes': '2000000', 'min.insync.replicas': '1' };
    const configEntries = Object.entries({ ...wrong, ...own }).map(([setting, value]) => ({ name: setting, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
    // The broker answers before it shows a change.
    const show = (ms: string) =>
      waitFor(async () => (await settings()).get('retention.ms') === ms, { what: `a retention of ${ms} ms` });
    await show(wrong['retention.ms']);

    expect(await createTopics()).toEqual([`corrected the retention of ${name}`]);

    await show(String(7 * 24 * 60 * 60 * 1000));
    const after = await settings();
    expect(after.get('retention.bytes')).toBe('-1');
    expect(after.get('cleanup.policy')).toBe('delete');
    for (const [setting, value] of Object.entries(own)) expect(after.get(setting)).toBe(value);
    expect(await createTopics()).toEqual([]);
    await admin.disconnect();
  });

  it('gets no setting that MSK Serverless refuses', async () => {
    const name = `${prefix}user.email.send.dlq`;
    const resource = { type: ConfigResourceTypes.TOPIC, name };
    const admin = await openKafka(async (kafka) => kafka.admin());
    const own = async () => {
      const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false });
      const entries = resources[0]?.configEntries.filter(({ configSource }) => Number(configSource) === 1) ?? [];
      return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
    };
    const week = String(7 * 24 * 60 * 60 * 1000);
    expect(await own()).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': week, 'retention.bytes': '-1' });
    const wrong = { 'cleanup.policy': 'delete', 'retention.ms': '3600000', 'compression.type': 'gzip' };
    const configEntries = Object.entries(wrong).map(([setting, value]) => ({ name: setting, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
    await waitFor(async () => (await own())['retention.ms'] === '3600000', { what: 'the wrong retention' });

    expect(await createTopics()).toEqual([`corrected the retention of ${name}`]);

    await waitFor(async () => (await own())['retention.ms'] === week, { what: 'the right retention' });
    // The request replaces all settings, so it did not name the policy.
    expect(await own()).toEqual({ 'retention.ms': week, 'retention.bytes': '-1', 'compression.type': 'gzip' });
    await admin.disconnect();
  });

  it('gets the value and headers of the contract', async () => {
    const event = testEvent({ generation: 2 });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const message = toMessage('user.email.send', {
      ...event,
      eventState: 'PROCESSING',
      processedAt: null,
      traceparent,
    });

    await publish('publish event', 'user.email.send', [message]);

    const { topic, value, headers } = await arrived(event.uuid);
    expect(topic).toBe(`${prefix}user.email.send`);
    expect(value).toBe(message.value);
    expect(headers).toMatchObject({ ce_id: event.uuid, ce_type: 'user.email.send', 'x-generation': '2', traceparent });
  });

  it.each(['value', 'key'])('accepts the dead letter of a record with the largest accepted %s', async (part) => {
    const key = randomName('large-');
    const raw = { topic: 'user.email.send', partition: 0, offset: 1, timestamp: Date.now(), headers: [] };
    const large = Buffer.alloc(1_000_000, 'x').toString('base64');
    const record = { ...raw, key: Buffer.from(key).toString('base64'), value: '', [part]: large };

    await publish('dead-letter messages', 'user.email.send.dlq', [
      toDeadLetter(record, decodeRecord(record).key, key, 1, {}),
    ]);

    const letter = await waitFor(() => received.find(({ value }) => value.includes(key)), { what: 'the dead letter' });
    expect(letter).toMatchObject({ topic: `${prefix}user.email.send.dlq` });
  });

  it('without the topic fails the publication', async () => {
    await expect(
      publish('publish event', randomName('nowhere-'), [{ key: 'k', value: 'v', headers: {} }]),
    ).rejects.toThrow();
  });
});

describe('an idle connection', () => {
  it("does not re-arm kafkajs's idle timer", async () => {
    const admin = createKafka(process.env['KAFKA_BROKERS'] ?? '').admin();
    await admin.connect();
    await admin.listTopics();
    const original = RequestQueue.prototype.scheduleCheckPendingRequests;
    let armed = 0;
    const setTimer = globalThis.setTimeout;
    let timers = 0;
    RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
      armed += 1;
      globalThis.setTimeout = Object.assign((...args: Parameters<typeof setTimer>) => {
        timers += 1;
        return setTimer(...args);
      }, setTimer) as typeof setTimer;
      original.call(this);
      globalThis.setTimeout = setTimer;
    };

    await admin.listTopics();

    RequestQueue.prototype.scheduleCheckPendingRequests = original;
    await admin.disconnect();
    expect(armed).toBeGreaterThan(0);
    expect(timers).toBe(0);
  });
});
