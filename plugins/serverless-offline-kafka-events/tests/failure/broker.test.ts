import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { randomName, TestKafka } from '../helpers/kafka.ts';
import { KafkaServer } from '../helpers/kafka-server.ts';
import { kafkaEvent, OfflineProject, type ProjectOptions } from '../helpers/offline-project.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const server = new KafkaServer();
let kafka: TestKafka;
const projects: OfflineProject[] = [];

function aProject(functions: ProjectOptions['functions']): OfflineProject {
  const project = new OfflineProject({
    offline: { useInProcess: true },
    kafkaEvents: { brokers: server.brokers, retryBackoff: { initialMs: 100, maximumMs: 500 } },
    functions,
  });
  projects.push(project);
  return project;
}

const on = (topic: string, parts: object = {}) => [
  kafkaEvent(server.brokers, { topic, consumerGroupId: `group-${topic}`, batchSize: 10, ...parts }),
];

/** Outlasts whatever was done to the broker. */
async function eventually<T>(run: (client: TestKafka) => Promise<T>): Promise<T> {
  return vi.waitFor(
    async () => {
      const client = new TestKafka(server.brokers);
      try {
        return await run(client);
      } finally {
        await client.close().catch(() => undefined);
      }
    },
    { timeout: 60_000, interval: 200 },
  );
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => String(from + index));
/** Order and completeness, where repeats are allowed. */
const firsts = (values: readonly string[]) => [...new Set(values)];

beforeAll(async () => {
  await server.start();
});

beforeEach(async () => {
  kafka = new TestKafka(server.brokers);
});

afterAll(async () => {
  await Promise.all(projects.map((project) => project.remove()));
  await server.remove();
});

describe.each([
  { what: 'is stopped and started', down: () => server.end('SIGTERM'), up: () => server.start() },
  { what: 'is killed and started', down: () => server.end('SIGKILL'), up: () => server.start() },
  { what: 'freezes for 20 s', down: async () => server.freeze(), up: async () => server.thaw(), pauseMs: 20_000 },
])('a broker that $what', ({ down, up, pauseMs = 3_000 }) => {
  test('loses nothing and needs no restart', async () => {
    const topic = randomName('outage');
    await eventually((client) => client.createTopic(topic));
    const project = aProject({ slow: { handler: 'handler.slow', events: on(topic) } });
    await project.start();
    await project.untilJoined(1);
    await eventually((client) => client.produceValues(topic, range(0, 50)));
    await project.waitFor('a batch', () => project.calls('slow', 'end').length >= 2);

    await down();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await up();

    await eventually((client) => client.produceValues(topic, range(50, 60)));
    await project.waitFor('everything', () => firsts(project.values('slow', 'end').flat()).length === 60, 90_000);
    expect(firsts(project.values('slow', 'end').flat())).toEqual(range(0, 60));
    await eventually(async (client) => expect((await client.committed(`group-${topic}`, topic))[0]).toBe(60));
    expect(await project.stop()).toBe(0);
  });
});

test('a broker that is down at the start is waited for', async () => {
  const topic = randomName('late');
  await eventually((client) => client.createTopic(topic));
  await server.end('SIGTERM');
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } });
  await project.start();
  await project.waitFor('a clear line', () => project.lines('Kafka cannot be reached, trying again').length > 0);

  await server.start();
  await eventually((client) => client.produceValues(topic, ['first']));

  await project.waitFor('the record', () => project.values('echo').flat().includes('first'), 60_000);
  expect(await project.stop()).toBe(0);
});

test('a process that is killed resumes with what it had not committed', async () => {
  const topic = randomName('killed');
  await eventually((client) => client.createTopic(topic));
  const project = aProject({ slow: { handler: 'handler.slow', events: on(topic) } });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 100)));
  await project.waitFor('some batches', () => project.calls('slow', 'end').length >= 3);

  await project.stop('SIGKILL');
  await project.start();

  await project.waitFor('everything', () => firsts(project.values('slow', 'end').flat()).length === 100, 60_000);
  expect(firsts(project.values('slow', 'end').flat())).toEqual(range(0, 100));
  expect(project.values('slow', 'end').flat().length).toBeLessThanOrEqual(120);
});

test('a process that is frozen for longer than its session goes on where the group stands', async () => {
  const topic = randomName('frozen');
  await eventually((client) => client.createTopic(topic));
  const functions = { slow: { handler: 'handler.slow', events: on(topic) } };
  const [frozen, other] = [aProject(functions), aProject(functions)];
  await frozen.start();
  await frozen.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 200)));
  await frozen.waitFor('a batch', () => frozen.calls('slow', 'end').length >= 1);

  frozen.signal('SIGSTOP');
  await other.start();
  await other.waitFor('the other to take over', () => other.calls('slow', 'end').length >= 3, 60_000);
  frozen.signal('SIGCONT');

  const all = () => firsts([...frozen.values('slow', 'end').flat(), ...other.values('slow', 'end').flat()]);
  await frozen.waitFor('everything', () => all().length === 200, 60_000);
  await eventually(async (client) => expect((await client.committed(`group-${topic}`, topic))[0]).toBe(200));
  expect(await frozen.stop()).toBe(0);
  expect(await other.stop()).toBe(0);
});

test('partitions that are added are noticed within 60 s, and nothing on them is lost', async () => {
  const topic = randomName('grown');
  await eventually((client) => client.createTopic(topic));
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } });
  await project.start();
  await project.untilJoined(1);
  const admin = await kafka.admin();
  await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
  await eventually((client) => client.produceValues(topic, ['first'], 1));
  await project.waitFor('its record', () => project.values('echo').flat().includes('first'), 60_000);
});

test('a destination that cannot be written blocks the commit, and is written once it can be', async () => {
  const [topic, letters] = [randomName('blocked'), randomName('letters')];
  await eventually((client) => client.createTopic(topic));
  const project = aProject({
    poison: {
      handler: 'handler.poison',
      events: on(topic, {
        batchSize: 1,
        maximumRetryAttempts: 0,
        onFailureDestination: `kafka://${letters}`,
        provisionedPollerConfig: { maximumPollers: 1 },
      }),
    },
  });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, ['poison']));
  await eventually((client) => client.produceValues(topic, ['good']));
  const blocked = 'the failure destination cannot be written, so nothing is committed; trying again';
  await project.waitFor('two tries', () => project.lines(blocked).length >= 2, 30_000);
  expect((await kafka.committed(`group-${topic}`, topic))[0]).toBeLessThanOrEqual(0);
  expect(project.values('poison')).toEqual([['poison']]);

  await eventually((client) => client.createTopic(letters));

  await project.waitFor('the rest', () => project.values('poison', 'end').flat().includes('good'), 30_000);
  const seen = await kafka.tap(letters);
  await project.waitFor('the dead letter', () => seen.length === 1);
  await kafka.close();
});

test('a topic that is deleted and made again is read from its beginning', async () => {
  const topic = randomName('reborn');
  await eventually((client) => client.createTopic(topic));
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 5)));
  await project.waitFor('the old records', () => project.values('echo').flat().length === 5);

  const admin = await kafka.admin();
  await admin.deleteTopics({ topics: [topic] });
  await eventually((client) => client.createTopic(topic));
  await eventually((client) => client.produceValues(topic, ['new 1', 'new 2']));

  await project.waitFor('the new records', () => project.values('echo').flat().length === 7, 60_000);
  expect(project.values('echo').flat().slice(5)).toEqual(['new 1', 'new 2']);
});

describe('a Java consumer in the same group', () => {
  async function shareOf(project: OfflineProject, topic: string, java: ReturnType<KafkaServer['consoleConsumer']>) {
    const sent = new Set<string>();
    await project.waitFor(
      'both to get something',
      async () => {
        const value = `v${sent.size}`;
        await kafka.produceValues(topic, [value], sent.size % 4);
        sent.add(value);
        const ours = project.values('echo').flat();
        const theirs = java.lines().filter((line) => sent.has(line));
        return ours.length > 0 && theirs.length > 0;
      },
      60_000,
    );
    await project.waitFor('every record', () => {
      const all = new Set([...project.values('echo').flat(), ...java.lines().filter((line) => sent.has(line))]);
      return all.size === sent.size;
    });
  }

  test.each(['first', 'second'] as const)('is joined when it came %s', async (when) => {
    const topic = randomName('shared');
    await eventually((client) => client.createTopic(topic, 4));
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    const groupId = `group-${topic}`;
    const isMember = async (count: number) => (await kafka.members(groupId)) === count;
    let java: ReturnType<KafkaServer['consoleConsumer']>;
    if (when === 'first') {
      java = server.consoleConsumer(topic, groupId);
      await project.waitFor('the Java member', () => isMember(1), 30_000);
      await project.start();
    } else {
      await project.start();
      await project.untilJoined(1);
      java = server.consoleConsumer(topic, groupId);
    }
    try {
      await project.waitFor('two members', () => isMember(2), 30_000);
      await shareOf(project, topic, java);
    } finally {
      await java.stop();
    }
    expect(await project.stop()).toBe(0);
  });
});
