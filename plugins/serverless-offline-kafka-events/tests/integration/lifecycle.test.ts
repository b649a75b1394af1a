import { describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';

const { kafka, aProject, on, committed } = integrationSuite();

async function aTopic(partitions = 1): Promise<string> {
  return kafka.createTopic(randomName('lifecycle'), partitions);
}

const modes = [
  {
    name: 'offline start, in process',
    command: ['offline', 'start'],
    offline: { useInProcess: true },
    signal: 'SIGTERM',
  },
  { name: 'offline, in process', command: ['offline'], offline: { useInProcess: true }, signal: 'SIGINT' },
  { name: 'offline start, worker threads', command: ['offline', 'start'], offline: {}, signal: 'SIGINT' },
] as const;

function partitionsOf(project: OfflineProject) {
  return (
    project
      .lines('joined the group')
      .flatMap(({ partitions }) => [partitions as number[]])
      .at(-1) ?? []
  );
}

// At the same time: each mostly waits for its own process.
describe.concurrent('a process', () => {
  describe.each(modes)('sls $name', ({ command, offline, signal }) => {
    test('stops without committing the running batch, leaves the group, and starts again with that batch', async () => {
      const [quick, stuck] = [await aTopic(), await aTopic()];
      const project = aProject({
        command,
        offline,
        functions: {
          quick: { handler: 'handler.echo', events: on(quick) },
          stuck: { handler: 'handler.gated', timeout: 30, events: on(stuck) },
        },
      });
      await kafka.produceValues(quick, ['1']);
      await kafka.produceValues(stuck, ['1', '2']);
      await project.start();
      await project.waitFor('the batch in hand', () => project.calls('stuck').length === 1);
      await project.waitFor('the commit', async () => (await committed(quick)) === 1);

      const stoppedAt = Date.now();
      const code = await project.stop(signal);

      expect(code).toBe(0);
      expect(Date.now() - stoppedAt).toBeLessThan(10_000);
      expect(await kafka.members(`group-${stuck}`)).toBe(0);
      expect(await committed(stuck)).toBeLessThanOrEqual(0);

      project.openGate();
      await project.start();
      await project.waitFor('the batch again', async () => (await committed(stuck)) === 2);
      expect(project.values('stuck', 'end').at(-1)).toEqual(['1', '2']);
      expect(project.values('quick')).toEqual([['1']]);
      expect(await project.stop()).toBe(0);
    });
  });

  test('a batch that ends during the stop is committed', async () => {
    const topic = await aTopic();
    const project = aProject({ functions: { slow: { handler: 'handler.slow', events: on(topic) } } });
    await project.start();
    await project.untilJoined(1);
    await kafka.produceValues(topic, ['1']);
    await project.waitFor('the batch in hand', () => project.calls('slow').length === 1);

    expect(await project.stop()).toBe(0);

    expect(project.calls('slow', 'end')).toHaveLength(1);
    expect(await committed(topic)).toBe(1);
  });

  test('stops in time while its broker is unreachable', async () => {
    const project = aProject({
      kafkaEvents: { brokers: '127.0.0.1:1' },
      functions: { echo: { handler: 'handler.echo', events: on('unreachable') } },
    });
    await project.start();
    await project.waitFor('a clear line', () => project.lines('Kafka cannot be reached, retrying').length > 0);

    const stoppedAt = Date.now();
    expect(await project.stop('SIGINT')).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(10_000);
  });

  test('two processes share a group, and the remaining one takes over', async () => {
    const topic = await aTopic(4);
    const functions = { echo: { handler: 'handler.echo', events: on(topic) } };
    const [first, second] = [aProject({ functions }), aProject({ functions })];
    await first.start();
    await first.untilJoined(1);
    await second.start();
    await second.untilJoined(1);
    await first.waitFor('its half', () => partitionsOf(first).length === 2);
    for (const partition of [0, 1, 2, 3]) await kafka.produceValues(topic, [`a${partition}`], partition);
    const handled = () => [...first.values('echo').flat(), ...second.values('echo').flat()].sort();
    await first.waitFor('all four', () => handled().length === 4);
    expect(handled()).toEqual(['a0', 'a1', 'a2', 'a3']);
    expect(first.values('echo').flat()).toHaveLength(2);

    await second.stop();
    for (const partition of [0, 1, 2, 3]) await kafka.produceValues(topic, [`b${partition}`], partition);
    await first.waitFor('the rest', () => first.values('echo').flat().length === 6);
    expect(handled()).toHaveLength(8);
  });
});
