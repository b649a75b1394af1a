import { describe, expect, test } from 'vitest';
import { expectDelivered, range } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { server, aProject, on, eventually, untilCommitted } = failureSuite();

describe.each([
  { what: 'is stopped and started', down: () => server.end('SIGTERM'), up: () => server.start() },
  { what: 'is killed and started', down: () => server.end('SIGKILL'), up: () => server.start() },
  {
    what: 'freezes for 15 s',
    down: async () => server.freeze(),
    up: async () => server.thaw(),
    isGone: (sinceMs: number) => Date.now() - sinceMs >= 15_000,
  },
])('a broker that $what', ({ down, up, isGone }) => {
  test('loses nothing and needs no restart', async () => {
    const topic = randomName('outage');
    await eventually((client) => client.createTopic(topic));
    const project = aProject({ slow: { handler: 'handler.slow', events: on(topic) } });
    await project.start();
    await project.untilJoined(1);
    await eventually((client) => client.produceValues(topic, range(0, 50)));
    await project.waitFor('a batch', () => project.calls('slow', 'end').length >= 2);

    const downAtMs = Date.now();
    await down();
    const isNoticed = () => project.lines('lost the connection to the group, rejoining').length > 0;
    await project.waitFor('the outage', () => (isGone === undefined ? isNoticed() : isGone(downAtMs)), 60_000);
    await up();

    await eventually((client) => client.produceValues(topic, range(50, 60)));
    await untilCommitted(project, topic, 60);
    // A batch may be handled while its commit fails: at most running batches are delivered again.
    expectDelivered(project.values('slow', 'end'), range(0, 60), { repeats: 20 });
    expect(await project.stop()).toBe(0);
  });
});

test('a broker that is down at the start is awaited', async () => {
  const topic = randomName('late');
  await eventually((client) => client.createTopic(topic));
  await server.end('SIGTERM');
  const project = aProject({ echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } });
  await project.start();
  await project.waitFor('a clear line', () => project.lines('Kafka cannot be reached, retrying').length > 0);

  await server.start();
  await eventually((client) => client.produceValues(topic, range(0, 5)));

  await untilCommitted(project, topic, 5);
  expectDelivered(project.values('echo'), range(0, 5));
  expect(await project.stop()).toBe(0);
});
