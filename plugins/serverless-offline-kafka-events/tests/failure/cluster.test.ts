import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { range } from '../helpers/delivery.ts';
import { randomName, TestKafka } from '../helpers/kafka.ts';
import { threeBrokers } from '../helpers/kafka-server.ts';
import { OfflineProject } from '../helpers/offline-project.ts';
import { kafkaEvent } from '../helpers/service-configuration.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });
const servers = threeBrokers();
const all = servers.flatMap(({ brokers }) => brokers);
const kafka = new TestKafka(all);
const projects: OfflineProject[] = [];

beforeAll(async () => {
  await Promise.all(servers.map((server) => server.start()));
});
afterAll(async () => {
  await Promise.all(projects.map((project) => project.remove()));
  await kafka.close().catch(() => undefined);
  await Promise.all(servers.map((server) => server.remove()));
});

/** A mapping that knows one broker, and the topic that it reads, with a partition on each broker. */
async function aProject(
  bootstrap: string,
  handler = 'echo',
  parts: object = {},
): Promise<{ project: OfflineProject; topic: string; groupId: string }> {
  const topic = await vi.waitFor(() => kafka.createTopic(randomName('cluster'), 3, {}, 3), { timeout: 60_000 });
  const groupId = `group-${topic}`;
  const event = kafkaEvent([bootstrap], { topic, consumerGroupId: groupId, batchSize: 10, ...parts });
  const project = new OfflineProject({
    offline: { useInProcess: true },
    kafkaEvents: { retryBackoff: { initialMs: 100, maximumMs: 500 } },
    functions: { [handler]: { handler: `handler.${handler}`, events: [event] } },
  });
  projects.push(project);
  await project.start();
  await project.untilJoined(1);
  return { project, topic, groupId };
}

/** What every partition has, with new names each time. */
async function produceEverywhere(topic: string, from: number, prefix = ''): Promise<string[]> {
  const values = range(from, from + 9).map((value) => `${prefix}${value}`);
  await vi.waitFor(
    () =>
      kafka.produce(
        topic,
        values.map((value, index) => ({ value, partition: index % 3 })),
      ),
    { timeout: 60_000, interval: 500 },
  );
  return values;
}

function untilHandled(project: OfflineProject, values: readonly string[], timeoutMs: number): Promise<true> {
  return project.waitFor(
    `${values.join()} to be handled`,
    () => values.every((value) => project.values('echo').flat().includes(value)) || null,
    timeoutMs,
  );
}

test('the only configured broker dies: the others are used, within 30 s', async () => {
  const [first] = servers;
  const { project, topic } = await aProject(first.brokers[0] ?? '');
  await untilHandled(project, await produceEverywhere(topic, 0), 30_000);

  await first.end('SIGKILL');
  const diedAtMs = Date.now();
  const later = await produceEverywhere(topic, 100);

  await untilHandled(project, later, 60_000);
  expect(Date.now() - diedAtMs).toBeLessThan(30_000);
  await first.start();
});

test('the only configured broker dies: dead letters go to the others, within 30 s', async () => {
  const [first] = servers;
  const destination = await kafka.createTopic(randomName('dead-letters'), 3, {}, 3);
  const { project, topic } = await aProject(first.brokers[0] ?? '', 'poison', {
    provisionedPollerConfig: { minimumPollers: 1 },
    maximumRetryAttempts: 0,
    onFailureDestination: `kafka://${destination}`,
  });
  // The producer connects with the first dead letter.
  const before = await produceEverywhere(topic, 0);
  await project.waitFor('the first records', () => project.values('poison').flat().length >= before.length);

  await first.end('SIGKILL');
  const diedAtMs = Date.now();
  const later = await produceEverywhere(topic, 100, 'poison ');

  await project.waitFor('the dead letters', () => {
    const written = project.lines('records went to the failure destination');
    return written.reduce((sum, { size }) => sum + Number(size), 0) >= later.length;
  });
  expect(Date.now() - diedAtMs).toBeLessThan(30_000);
  await first.start();
});

test('the coordinator of the group dies: another one takes over, within 30 s', async () => {
  const { project, topic, groupId } = await aProject(all.join(','));
  await untilHandled(project, await produceEverywhere(topic, 0), 30_000);
  const coordinator = await kafka.coordinatorPort(groupId);
  const server = servers.find(({ port }) => port === coordinator);

  await server?.end('SIGKILL');
  const diedAtMs = Date.now();
  const later = await produceEverywhere(topic, 100);

  await untilHandled(project, later, 60_000);
  expect(Date.now() - diedAtMs).toBeLessThan(30_000);
  await project.waitFor('the commits', async () => {
    const offsets = await kafka.committed(groupId, topic);
    return Object.values(offsets).every((offset) => offset >= 6);
  });
});
