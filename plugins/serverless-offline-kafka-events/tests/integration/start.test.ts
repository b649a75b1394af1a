import { expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();

test.concurrent('createTopics creates the topics of the events, and those of their destinations', async () => {
  const [topic, letters] = [randomName('created'), randomName('letters')];
  const event = on(topic, {
    batchSize: 1,
    maximumRetryAttempts: 0,
    onFailureDestination: `kafka://${letters}`,
    provisionedPollerConfig: { minimumPollers: 1 },
  });
  const project = aProject({
    kafkaEvents: { createTopics: { partitions: 3 } },
    functions: { poison: { handler: 'handler.poison', events: event } },
  });
  await project.start();
  await project.untilJoined(1);

  expect(project.lines('joined the group')).toMatchObject([{ topic, partitions: [0, 1, 2] }]);
  await kafka.produceValues(topic, ['poison', 'good']);
  await untilCommitted(project, topic, 2);
  const seen = await kafka.tap(letters);
  await project.waitFor('the dead letter', () => seen.length === 1);
  expect(await project.stop()).toBe(0);
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

test.concurrent('properties that act on AWS only are named in a warning', async () => {
  const topic = await kafka.createTopic(randomName('queue'));
  const { maximumBatchingWindow: _, ...kafkaEvent } = (on(topic)[0] as { kafka: Record<string, unknown> }).kafka;
  const event = { ...kafkaEvent, consumptionMode: 'Queue', tags: { team: 'shop' } };
  const project = aProject({ functions: { echo: { handler: 'handler.echo', events: [{ kafka: event }] } } });
  await project.start();
  await project.untilJoined(1);
  const warning = 'consumptionMode Queue acts on AWS only: locally the topic is read in order, by a consumer group';
  expect(project.lines(warning)).toMatchObject([{ level: 'warn', topic, properties: ['consumptionMode', 'tags'] }]);
  expect(await project.stop()).toBe(0);
});
