import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { brokersUnderTest, randomName, TestKafka } from '../helpers/kafka.ts';
import { kafkaEvent, OfflineProject } from '../helpers/offline-project.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const brokers = brokersUnderTest();
const kafka = new TestKafka(brokers);
const name = {
  echo: randomName('echo'),
  batched: randomName('batched'),
  windowed: randomName('windowed'),
  parallel: randomName('parallel'),
  retried: randomName('retried'),
  bisected: randomName('bisected'),
  partial: randomName('partial'),
  malformed: randomName('malformed'),
  filtered: randomName('filtered'),
  latest: randomName('latest'),
  timed: randomName('timed'),
  later: randomName('later'),
  overtime: randomName('overtime'),
  large: randomName('large'),
  managed: randomName('managed'),
  dropped: randomName('dropped'),
  off: randomName('off'),
  appended: randomName('appended'),
  letters: randomName('letters'),
};
const provisionedPollerConfig = { minimumPollers: 1, maximumPollers: 5 };
const START_MS = Date.now();

const on = (topic: string, parts: object = {}) => [
  kafkaEvent(['elsewhere:9092'], { topic, consumerGroupId: `group-${topic}`, ...parts }),
];

const project = new OfflineProject({
  offline: { useInProcess: true },
  kafkaEvents: { brokers: brokers.join(','), retryBackoff: { initialMs: 100, maximumMs: 400 }, metricsPort: 0 },
  functions: {
    echo: { handler: 'handler.echo', events: on(name.echo) },
    batched: { handler: 'handler.echo', events: on(name.batched, { batchSize: 3 }) },
    windowed: { handler: 'handler.echo', events: on(name.windowed, { maximumBatchingWindow: 2, batchSize: 50 }) },
    parallel: { handler: 'handler.slow', events: on(name.parallel, { batchSize: 2 }) },
    retried: { handler: 'handler.failTwice', events: on(name.retried, { batchSize: 2 }) },
    bisected: {
      handler: 'handler.poison',
      events: on(name.bisected, {
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 1,
        onFailureDestination: `kafka://${name.letters}`,
        provisionedPollerConfig,
      }),
    },
    partial: {
      handler: 'handler.partial',
      events: on(name.partial, { functionResponseType: 'ReportBatchItemFailures', provisionedPollerConfig }),
    },
    malformed: {
      handler: 'handler.malformed',
      events: on(name.malformed, { functionResponseType: 'ReportBatchItemFailures', provisionedPollerConfig }),
    },
    filtered: {
      handler: 'handler.echo',
      events: on(name.filtered, { filterPatterns: [{ value: { kind: ['keep'] } }] }),
    },
    latest: { handler: 'handler.echo', events: on(name.latest, { startingPosition: 'LATEST' }) },
    timed: {
      handler: 'handler.echo',
      events: on(name.timed, {
        startingPosition: 'AT_TIMESTAMP',
        startingPositionTimestamp: Math.ceil(START_MS / 1_000),
      }),
    },
    later: { handler: 'handler.echo', events: on(name.later, { startingPosition: 'LATEST' }) },
    overtime: { handler: 'handler.overtime', timeout: 1, events: on(name.overtime) },
    large: {
      handler: 'handler.echo',
      events: on(name.large, { onFailureDestination: `kafka://${name.letters}`, provisionedPollerConfig }),
    },
    dropped: {
      handler: 'handler.poison',
      events: on(name.dropped, { maximumRetryAttempts: 0, provisionedPollerConfig }),
    },
    appended: { handler: 'handler.echo', events: on(name.appended) },
    off: { handler: 'handler.echo', events: on(name.off, { enabled: false }) },
    managed: {
      handler: 'handler.echo',
      events: [
        {
          msk: {
            arn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/managed/a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1-1',
            topic: name.managed,
            maximumBatchingWindow: 0,
          },
        },
      ],
    },
  },
});

beforeAll(async () => {
  const topics = Object.values(name).filter((topic) => topic !== name.later);
  const configs: Record<string, Record<string, string>> = {
    [name.letters]: { 'max.message.bytes': '1048576' },
    [name.appended]: { 'message.timestamp.type': 'LogAppendTime' },
  };
  await Promise.all(topics.map((topic) => kafka.createTopic(topic, topic === name.parallel ? 3 : 1, configs[topic])));
  await kafka.produceValues(name.latest, ['before']);
  await kafka.produce(name.timed, [
    { value: 'old', timestamp: String(START_MS - 60_000) },
    { value: 'new', timestamp: String(START_MS + 60_000) },
  ]);
  await project.start();
  await project.untilJoined(16);
});

afterAll(async () => {
  await project.remove();
  await kafka.close();
});

const untilCommitted = (topic: string, offset: number, groupId = `group-${topic}`) =>
  project.waitFor(
    `${topic} to be committed at ${offset}`,
    async () => (await kafka.committed(groupId, topic))[0] === offset,
  );

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

  test('tells a time that the broker gave', async () => {
    await kafka.produce(name.appended, [{ value: 'x', timestamp: '1' }]);
    await untilCommitted(name.appended, 1);
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
    await untilCommitted(name.managed, 1, `tested-dev-managed-${name.managed}`);
  });
});

describe('batches', () => {
  test('are of the batch size at most, in order, and committed', async () => {
    await kafka.produceValues(name.batched, ['1', '2', '3', '4', '5', '6', '7']);
    await untilCommitted(name.batched, 7);
    expect(project.values('batched')).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
  });

  test('wait for the window', async () => {
    for (const value of ['1', '2', '3']) await kafka.produceValues(name.windowed, [value]);
    await untilCommitted(name.windowed, 3);
    expect(project.values('windowed')).toEqual([['1', '2', '3']]);
  });

  test('of different partitions run in parallel, of one partition one after the other', async () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    await kafka.produce(
      name.parallel,
      values.flatMap((value) => [0, 1, 2].map((partition) => ({ value, partition }))),
    );
    await project.waitFor('nine invocations', () => project.calls('parallel', 'end').length >= 9);

    const spans = (partition: number) => {
      const of = (phase: 'start' | 'end') =>
        project
          .calls('parallel', phase)
          .filter(({ event }) => Object.keys(event.records)[0] === `${name.parallel}-${partition}`);
      return of('start').map((call, index) => ({ start: call.at, end: of('end')[index]?.at ?? 0 }));
    };
    const all = [0, 1, 2].map(spans);
    for (const one of all) {
      for (const [index, span] of one.entries()) expect(span.start).toBeGreaterThanOrEqual(one[index - 1]?.end ?? 0);
    }
    const [first, second] = all;
    const overlap = first?.some((a) => second?.some((b) => a.start < b.end && b.start < a.end));
    expect(overlap).toBe(true);
  });
});

describe('a failure', () => {
  test('is retried with the whole batch, later each time, before anything else of the partition', async () => {
    await kafka.produceValues(name.retried, ['1', '2', '3']);
    await untilCommitted(name.retried, 3);
    expect(project.values('retried')).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['3']]);
    const [first = 0, second = 0, third = 0] = project.calls('retried').map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(190);
  });

  test('of one record is found by bisecting and goes to the destination', async () => {
    const letters = await kafka.tap(name.letters);
    await kafka.produce(
      name.bisected,
      ['1', '2', '3', 'poison', '5', '6', '7', '8'].map((value) => ({ key: `key ${value}`, value, partition: 0 })),
    );
    await untilCommitted(name.bisected, 8);

    expect(project.values('bisected', 'end').flat()).toEqual(['1', '2', '3', '5', '6', '7', '8']);
    const letter = await project.waitFor('the dead letter', () =>
      letters.find(({ key }) => key?.toString() === 'key poison'),
    );
    expect(JSON.parse(letter.value?.toString() ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', functionArn: expect.stringContaining('tested-dev-bisected') },
      responseContext: { functionError: 'Unhandled' },
      KafkaBatchInfo: { recordInfo: { offset: '3' } },
      payload: {
        records: { [`${name.bisected}-0`]: [{ offset: 3, value: Buffer.from('poison').toString('base64') }] },
      },
    });
  });

  test('without a destination is dropped once its attempts are used up', async () => {
    await kafka.produceValues(name.dropped, ['poison']);
    await untilCommitted(name.dropped, 1);
    expect(project.values('dropped')).toEqual([['poison']]);
    expect(project.lines('records are dropped: there is no onFailureDestination')).toMatchObject([
      { topic: name.dropped, partition: 0, offsets: [0, 0], condition: 'RetriesExhausted' },
    ]);
  });

  test('of a part commits what comes before it', async () => {
    await kafka.produceValues(name.partial, ['1', '2', 'later', '4']);
    await untilCommitted(name.partial, 4);
    expect(project.values('partial')).toEqual([
      ['1', '2', 'later', '4'],
      ['later', '4'],
      ['later', '4'],
    ]);
  });

  test('is what a malformed response counts as', async () => {
    await kafka.produceValues(name.malformed, ['1', '2']);
    await untilCommitted(name.malformed, 2);
    expect(project.values('malformed')).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  test('is what a timeout counts as, and the retry waits until the handler has ended', async () => {
    await kafka.produceValues(name.overtime, ['1']);
    await untilCommitted(name.overtime, 1);
    const [firstEnd] = project.calls('overtime', 'end');
    const [, second] = project.calls('overtime');
    expect(second?.at).toBeGreaterThanOrEqual(firstEnd?.at ?? Number.POSITIVE_INFINITY);
    expect(project.lines('invocation').find((line) => line.function === 'overtime')).toMatchObject({
      outcome: 'failure',
      reason: expect.stringContaining('timeout'),
    });
  });

  test('to fit into 6 MB sends the record to the destination', async () => {
    const letters = await kafka.tap(name.letters);
    await kafka.produce(name.large, [{ key: 'large', value: Buffer.alloc(5_000_000) }], true);
    await kafka.produceValues(name.large, ['small']);
    await untilCommitted(name.large, 2);
    expect(project.values('large')).toEqual([['small']]);
    const letter = await project.waitFor('the dead letter', () =>
      letters.find(({ key }) => key?.toString() === 'large'),
    );
    expect(JSON.parse(letter.value?.toString() ?? '')).toMatchObject({
      requestContext: { condition: 'MaximumPayloadSizeExceeded' },
      responseContext: null,
    });
  });
});

test('a filter lets through what matches, and commits what does not', async () => {
  await kafka.produceValues(name.filtered, ['{"kind":"drop"}', '{"kind":"keep"}', 'no json', '{"kind":"drop"}']);
  await untilCommitted(name.filtered, 4);
  expect(project.values('filtered').flat()).toEqual(['{"kind":"keep"}', 'no json']);
});

describe('the starting position', () => {
  test('LATEST leaves out what was there before', async () => {
    await project.waitFor(
      'the first position to be committed',
      async () => (await kafka.committed(`group-${name.latest}`, name.latest))[0] === 1,
    );
    await kafka.produceValues(name.latest, ['after']);
    await untilCommitted(name.latest, 2);
    expect(project.values('latest')).toEqual([['after']]);
  });

  test('AT_TIMESTAMP begins there', async () => {
    await untilCommitted(name.timed, 2);
    expect(project.values('timed')).toEqual([['new']]);
  });

  test('LATEST takes everything of a topic that is created later', async () => {
    await project.waitFor(
      'the wait for the topic',
      () => project.lines('the topic does not exist yet, waiting for it').length > 0,
    );
    await kafka.createTopic(name.later);
    await kafka.produceValues(name.later, ['first']);
    await untilCommitted(name.later, 1);
    expect(project.values('later')).toEqual([['first']]);
  });
});

test('a mapping that is not enabled does nothing', () => {
  expect(project.lines('joined the group').map((line) => line.function)).not.toContain('off');
});

describe('what can be seen', () => {
  test('one line per invocation', () => {
    expect(project.lines('invocation').find((line) => line.function === 'batched')).toMatchObject({
      level: 'info',
      function: 'batched',
      topic: name.batched,
      partitions: [0],
      offsets: { [`${name.batched}-0`]: [0, 2] },
      size: 3,
      ms: expect.any(Number),
      outcome: 'success',
    });
  });

  test('AWS’s metrics at the port', async () => {
    const [line] = project.lines('metrics are served');
    const text = await (await fetch(String(line?.url))).text();
    const value = (family: string, functionKey: string) =>
      Number(new RegExp(`^${family}\\{function="${functionKey}",[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(value('kafka_events_polled_event_count_total', 'filtered')).toBe(4);
    expect(value('kafka_events_filtered_out_event_count_total', 'filtered')).toBe(2);
    expect(value('kafka_events_invoked_event_count_total', 'retried')).toBe(7);
    expect(value('kafka_events_failed_invoke_event_count_total', 'retried')).toBe(4);
    expect(value('kafka_events_committed_event_count_total', 'batched')).toBe(7);
    expect(value('kafka_events_dropped_event_count_total', 'dropped')).toBe(1);
    expect(value('kafka_events_on_failure_destination_delivered_event_count_total', 'bisected')).toBe(1);
    expect(value('kafka_events_max_offset_lag', 'batched')).toBe(0);
  });
});
