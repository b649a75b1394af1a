import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { createDeadLetterProducer, type DeadLetterProducer } from '../../src/destination/dead-letter-producer.ts';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import { waitFor } from '../helpers/wait-for.ts';

const { brokers, kafka, aProject, on, committed, untilCommitted } = integrationSuite();
const log = { debug() {}, info() {}, warn() {}, error() {} };
const producers: DeadLetterProducer[] = [];

function aProducer(): DeadLetterProducer {
  const security = { ssl: false, sasl: null };
  const producer = createDeadLetterProducer({ clientId: 'dead-letters', brokers: () => brokers, security, log });
  producers.push(producer);
  return producer;
}

afterAll(() => Promise.all(producers.map((producer) => producer.close())));

/** Cannot be compressed to less. */
function noise(bytes: number) {
  return randomBytes(Math.ceil((bytes * 3) / 4)).toString('base64');
}
function letters(count: number, bytes: number) {
  return Array.from({ length: count }, () => ({ key: null, value: noise(bytes) }));
}
function aTopic(maximumBytes: number, partitions = 1) {
  return kafka.createTopic(randomName('letters'), partitions, { 'max.message.bytes': String(maximumBytes) });
}

function untilThere(seen: readonly unknown[], count: number) {
  return waitFor(`${count} dead letters`, () => seen.length >= count);
}

describe.concurrent('dead letters that a topic takes one by one', () => {
  test.each([
    { what: '5 MB of them to a topic that takes 1 MB at once', count: 2_000, bytes: 2_500, maximumBytes: 1_048_588 },
    { what: 'to a topic that takes hardly more than one', count: 60, bytes: 1_000, maximumBytes: 1_500 },
  ])('arrive once each and in order: $what', async ({ count, bytes, maximumBytes }) => {
    const topic = await aTopic(maximumBytes);
    const sent = letters(count, bytes);

    expect(await aProducer().send(topic, sent)).toEqual({ delivered: count });

    const seen = await kafka.tap(topic);
    await untilThere(seen, count);
    expect(seen.map(({ value }) => value?.toString())).toEqual(sent.map(({ value }) => value));
  });

  test('are compressed where one is too large as it is', async () => {
    const topic = await aTopic(2_000);
    expect(await aProducer().send(topic, [{ key: null, value: 'x'.repeat(50_000) }])).toEqual({ delivered: 1 });
  });

  test('are counted up to the one that the topic does not take', async () => {
    const topic = await aTopic(3_000);
    const [first, second, large, last] = [noise(1_000), noise(1_000), noise(9_000), noise(1_000)];
    const result = await aProducer().send(
      topic,
      [first, second, large, last].map((value) => ({ key: null, value })),
    );
    expect(result).toMatchObject({ delivered: 2, error: expect.any(Error) });
  });
});

test.concurrent('a batch whose last record the destination rejects: the others are delivered once and committed', async () => {
  const [topic, destination] = [await kafka.createTopic(randomName('batch')), await aTopic(4_000)];
  const project = aProject({
    functions: {
      poison: {
        handler: 'handler.poison',
        events: on(topic, {
          maximumRetryAttempts: 0,
          onFailureDestination: `kafka://${destination}`,
          provisionedPollerConfig: { minimumPollers: 1 },
        }),
      },
    },
  });
  await kafka.produceValues(topic, [`poison ${noise(500)}`, `poison ${noise(500)}`, `poison ${noise(6_000)}`]);
  await project.start();
  await untilCommitted(project, topic, 2);
  const blocked = 'the failure destination cannot be written: nothing is committed until a retry succeeds';
  await project.waitFor('further tries', () => project.lines(blocked).length >= 3);
  expect(await committed(topic)).toBe(2);

  const seen = await kafka.tap(destination);
  await untilThere(seen, 2);
  await kafka.configureTopic(destination, { 'max.message.bytes': '100000' });

  await untilCommitted(project, topic, 3);
  await untilThere(seen, 3);
  expect(project.values('poison')).toHaveLength(1);
});

describe.concurrent('partitions that are added to the destination', () => {
  test('are unknown to a client with older metadata: kafkajs drops their messages, we do not', async () => {
    const topic = await aTopic(1_048_588);
    const producer = aProducer();
    const bare = kafka.kafka.producer();
    await bare.connect();
    await bare.send({ topic, messages: [{ value: 'known' }] });
    expect(await producer.send(topic, [{ key: null, value: 'known' }])).toEqual({ delivered: 1 });

    await (await kafka.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] });

    // The defect itself: nothing is written, and nothing is said.
    expect(await bare.send({ topic, messages: [{ value: 'dropped', partition: 1 }] })).toEqual([]);
    await bare.disconnect();
    const letter = { key: null, value: 'for the new partition', partition: 1 };
    const first = await producer.send(topic, [letter]);
    expect(first).toMatchObject({ delivered: 0, error: expect.any(Error) });
    // As the partition's next attempt does: by then what was cached is gone.
    await waitFor('the next attempt', async () => (await producer.send(topic, [letter])).delivered === 1);

    const seen = await kafka.tap(topic);
    await untilThere(seen, 3);
    expect(seen.map(({ partition, value }) => `${partition} ${value}`).sort()).toEqual([
      '0 known',
      '0 known',
      '1 for the new partition',
    ]);
  });

  test('while dead letters are written lose no dead letter', async () => {
    const [topic, destination] = [await kafka.createTopic(randomName('growing')), await aTopic(1_048_588)];
    const project = aProject({
      functions: {
        poison: {
          handler: 'handler.poison',
          events: on(topic, {
            batchSize: 1,
            maximumRetryAttempts: 0,
            onFailureDestination: `kafka://${destination}`,
            provisionedPollerConfig: { minimumPollers: 1 },
          }),
        },
      },
    });
    const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
    const send = (some: string[]) =>
      kafka.produce(
        topic,
        some.map((key) => ({ key, value: `poison ${key}` })),
      );
    await project.start();
    await project.untilJoined(1);
    await send(keys.slice(0, 5));
    await untilCommitted(project, topic, 5);

    await (await kafka.admin()).createPartitions({ topicPartitions: [{ topic: destination, count: 6 }] });
    await send(keys.slice(5));

    await untilCommitted(project, topic, 40);
    const seen = await kafka.tap(destination);
    await untilThere(seen, keys.length);
    expect(seen.map(({ key }) => key?.toString()).sort()).toEqual([...keys].sort());
  });
});
