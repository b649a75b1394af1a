import { expect, test } from 'vitest';
import { expectDelivered, range } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { aProject, on, eventually, untilCommitted } = failureSuite();

test.concurrent('a topic that is created later is read from its first record', async () => {
  const topic = randomName('later');
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } });
  await project.start();
  await project.waitFor('a clear line', () => project.lines('the topic does not exist yet, waiting for it').length > 0);

  await eventually((client) => client.createTopic(topic));
  await eventually((client) => client.produceValues(topic, range(0, 5)));

  await untilCommitted(project, topic, 5);
  expectDelivered(project.values('echo'), range(0, 5));
});

test.concurrent('partitions that are added are noticed within 60 s, and nothing on them is lost', async () => {
  const topic = randomName('grown');
  await eventually((client) => client.createTopic(topic));
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } });
  await project.start();
  await project.untilJoined(1);

  await eventually(async (client) =>
    (await client.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] }),
  );
  const addedAtMs = Date.now();
  await eventually((client) => client.produceValues(topic, range(0, 5), 1));

  await untilCommitted(project, topic, 5, 1);
  expect((project.calls('echo')[0]?.at ?? Number.POSITIVE_INFINITY) - addedAtMs).toBeLessThan(60_000);
  expectDelivered(project.values('echo'), range(0, 5));
});

test.concurrent('a topic that is deleted and created again is read from its beginning', async () => {
  const topic = randomName('reborn');
  await eventually((client) => client.createTopic(topic));
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 5)));
  await project.waitFor('the old records', () => project.values('echo').flat().length === 5);

  await eventually(async (client) => (await client.admin()).deleteTopics({ topics: [topic] }));
  await eventually((client) => client.createTopic(topic));
  await eventually((client) => client.produceValues(topic, ['new 1', 'new 2']));

  await project.waitFor('the new records', () => project.values('echo').flat().length === 7, 60_000);
  expect(project.values('echo').flat().slice(5)).toEqual(['new 1', 'new 2']);
});
