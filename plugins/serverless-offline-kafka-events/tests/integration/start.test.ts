import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();

describe.concurrent('at the start', () => {
  const [topic, letters, queue] = [randomName('created'), randomName('letters'), randomName('queue')];
  const event = on(topic, {
    batchSize: 1,
    maximumRetryAttempts: 0,
    onFailureDestination: `kafka://${letters}`,
    provisionedPollerConfig: { minimumPollers: 1 },
  });
  const { maximumBatchingWindow: _, ...queueEvent } = (on(queue)[0] as { kafka: Record<string, unknown> }).kafka;
  const queued = { ...queueEvent, consumptionMode: 'Queue', tags: { team: 'shop' } };
  const project = aProject({
    kafkaEvents: { createTopics: { partitions: 3 } },
    functions: {
      poison: { handler: 'handler.poison', events: event },
      echo: { handler: 'handler.echo', events: [{ kafka: queued }] },
    },
  });

  beforeAll(async () => {
    await project.start();
    await project.untilJoined(2);
  });
  afterAll(async () => {
    expect(await project.stop()).toBe(0);
  });

  test('createTopics creates the topics of the events, and those of their destinations', async () => {
    const joined = project.lines('joined the group').find((line) => line.topic === topic);
    expect(joined).toMatchObject({ partitions: [0, 1, 2] });
    expect(project.log).not.toMatch(/kafkajs: |cannot be reached/);
    await kafka.produceValues(topic, ['poison', 'good']);
    await untilCommitted(project, topic, 2);
    const seen = await kafka.tap(letters);
    await project.waitFor('the dead letter', () => seen.length === 1);
  });

  test('properties that act on AWS only are named in a warning', () => {
    const warning = 'consumptionMode Queue acts on AWS only: locally the topic is read in order, by a consumer group';
    const properties = ['consumptionMode', 'tags'];
    expect(project.lines(warning)).toMatchObject([{ level: 'warn', topic: queue, properties }]);
  });
});

test.concurrent('logFormat text is for people', async () => {
  const topic = await kafka.createTopic(randomName('text'));
  const project = aProject({
    kafkaEvents: { logFormat: 'text' },
    functions: { echo: { handler: 'handler.echo', events: on(topic) } },
  });
  await kafka.produceValues(topic, ['1']);
  await project.start();
  await project.waitFor('the invocation', () =>
    /kafka-events info: invocation \(function=echo, .*size=1/.test(project.log),
  );
  expect(project.log).not.toContain('"source":"kafka-events"');
  expect(await project.stop()).toBe(0);
});
