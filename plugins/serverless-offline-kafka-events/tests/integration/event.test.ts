import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import { mskEvent } from '../helpers/service-configuration.ts';

const { brokers, kafka, aProject, on, untilCommitted } = integrationSuite();
const START_MS = Date.now();
const name = {
  echo: randomName('echo'),
  managed: randomName('managed'),
  appended: randomName('appended'),
};

const project = aProject({
  functions: {
    echo: { handler: 'handler.echo', events: on(name.echo) },
    appended: { handler: 'handler.echo', events: on(name.appended) },
    managed: { handler: 'handler.echo', events: [mskEvent(name.managed)] },
  },
});

beforeAll(async () => {
  await Promise.all([
    kafka.createTopic(name.echo),
    kafka.createTopic(name.managed),
    kafka.createTopic(name.appended, 1, { 'message.timestamp.type': 'LogAppendTime' }),
  ]);
  await project.start();
  await project.untilJoined(3);
});

describe('the event', () => {
  test('carries key, value and headers as AWS does', async () => {
    await kafka.produce(name.echo, [
      { key: 'k', value: 'v', timestamp: '1700000000000', headers: { '2': 'é', b: ['x', 'y'], a: '' } },
      { key: null, value: null },
      { key: '', value: '' },
    ]);
    const records = await project.waitFor('three records', () => {
      const all = project.calls('echo').flatMap(({ event }) => event.records[`${name.echo}-0`] ?? []);
      return all.length === 3 ? all : null;
    });

    expect(project.calls('echo')[0]?.event).toMatchObject({
      eventSource: 'SelfManagedKafka',
      bootstrapServers: brokers.join(','),
    });
    expect(project.calls('echo')[0]?.event).not.toHaveProperty('eventSourceArn');
    expect(records[0]).toEqual({
      topic: name.echo,
      partition: 0,
      offset: 0,
      timestamp: 1_700_000_000_000,
      timestampType: 'CREATE_TIME',
      key: 'aw==',
      value: 'dg==',
      headers: [{ '2': [-61, -87] }, { b: [120] }, { b: [121] }, { a: [] }],
    });
    expect(Object.keys(records[1] ?? {})).toEqual([
      'topic',
      'partition',
      'offset',
      'timestamp',
      'timestampType',
      'headers',
    ]);
    expect(records[2]).toMatchObject({ key: '', value: '' });
  });

  test('reports a timestamp of the broker', async () => {
    await kafka.produce(name.appended, [{ value: 'x', timestamp: '1' }]);
    await untilCommitted(project, name.appended, 1);
    const [record] = project.calls('appended')[0]?.event.records[`${name.appended}-0`] ?? [];
    expect(record?.timestampType).toBe('LOG_APPEND_TIME');
    expect(record?.timestamp).toBeGreaterThan(START_MS - 60_000);
  });

  test('of an MSK cluster names its ARN', async () => {
    await kafka.produceValues(name.managed, ['m']);
    const [call] = await project.waitFor('an invocation', () => {
      const calls = project.calls('managed');
      return calls.length > 0 ? calls : null;
    });
    expect(call?.event).toMatchObject({
      eventSource: 'aws:kafka',
      eventSourceArn: expect.stringContaining('cluster/managed'),
    });
    await untilCommitted(project, name.managed, 1, `tested-dev-managed-${name.managed}`);
  });
});

describe.concurrent.each([
  { mode: 'in process', offline: { useInProcess: true } },
  { mode: 'in worker threads', offline: {} },
])('$mode', ({ offline }) => {
  test('kafka and msk events reach handlers in ES modules and in CommonJS', async () => {
    const topics = { kafkaEsm: '', kafkaCjs: '', mskEsm: '', mskCjs: '' };
    for (const key of ['kafkaEsm', 'kafkaCjs', 'mskEsm', 'mskCjs'] as const) {
      topics[key] = await kafka.createTopic(randomName('runtime'));
      await kafka.produceValues(topics[key], [`for ${key}`]);
    }
    const modes = aProject({
      offline,
      functions: {
        kafkaEsm: { handler: 'handler.echo', events: on(topics.kafkaEsm) },
        kafkaCjs: { handler: 'common.echo', events: on(topics.kafkaCjs) },
        mskEsm: { handler: 'handler.echo', events: [mskEvent(topics.mskEsm)] },
        mskCjs: { handler: 'common.echo', events: [mskEvent(topics.mskCjs)] },
      },
    });
    await modes.start();
    for (const [key, topic] of Object.entries(topics)) {
      const groupId = key.startsWith('msk') ? `tested-dev-${key}-${topic}` : `group-${topic}`;
      await untilCommitted(modes, topic, 1, groupId);
      expect(modes.values(key)).toEqual([[`for ${key}`]]);
      const eventSource = key.startsWith('msk') ? 'aws:kafka' : 'SelfManagedKafka';
      expect(modes.calls(key)[0]?.event.eventSource).toBe(eventSource);
    }
    expect(await modes.stop()).toBe(0);
  });
});
