import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();
const START_MS = Date.now();
const name = {
  filtered: randomName('filtered'),
  latest: randomName('latest'),
  timed: randomName('timed'),
  later: randomName('later'),
  failing: randomName('failing'),
  off: randomName('off'),
};

const project = aProject({
  kafkaEvents: { metricsPort: 0 },
  functions: {
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
    failing: { handler: 'handler.failTwice', events: on(name.failing) },
    off: { handler: 'handler.echo', events: on(name.off, { enabled: false }) },
  },
});

beforeAll(async () => {
  const topics = Object.values(name).filter((topic) => topic !== name.later);
  await Promise.all(topics.map((topic) => kafka.createTopic(topic)));
  await kafka.produceValues(name.latest, ['before']);
  await kafka.produce(name.timed, [
    { value: 'old', timestamp: String(START_MS - 60_000) },
    { value: 'new', timestamp: String(START_MS + 60_000) },
  ]);
  await project.start();
  await project.untilJoined(4);
});

describe.concurrent('the starting position', () => {
  test('LATEST skips existing records', async () => {
    await project.waitFor(
      'the first position to be committed',
      async () => (await kafka.committed(`group-${name.latest}`, name.latest))[0] === 1,
    );
    await kafka.produceValues(name.latest, ['after']);
    await untilCommitted(project, name.latest, 2);
    expect(project.values('latest')).toEqual([['after']]);
  });

  test('AT_TIMESTAMP begins there', async () => {
    await untilCommitted(project, name.timed, 2);
    expect(project.values('timed')).toEqual([['new']]);
  });

  test('LATEST reads all of a topic that is created later', async () => {
    await project.waitFor(
      'the wait for the topic',
      () => project.lines('the topic does not exist yet, waiting for it').length > 0,
    );
    await kafka.createTopic(name.later);
    await kafka.produceValues(name.later, ['first']);
    await untilCommitted(project, name.later, 1);
    expect(project.values('later')).toEqual([['first']]);
  });
});

describe.concurrent('LATEST in a group', () => {
  const aLatest = (topic: string) =>
    aProject({ functions: { echo: { handler: 'handler.echo', events: on(topic, { startingPosition: 'LATEST' }) } } });

  test('that has committed one partition starts the others at their end', async () => {
    const topic = await kafka.createTopic(randomName('partly'), 3);
    for (const partition of [0, 1, 2]) await kafka.produceValues(topic, ['a', 'b'], partition);
    await kafka.commit(`group-${topic}`, topic, 0, 1);
    const echo = aLatest(topic);

    await echo.start();
    await echo.waitFor('the first positions', async () => {
      const offsets = await kafka.committed(`group-${topic}`, topic);
      return offsets[0] === 2 && offsets[1] === 2 && offsets[2] === 2;
    });
    await kafka.produceValues(topic, ['new'], 2);

    await echo.waitFor('the new record', () => echo.values('echo').flat().includes('new'));
    expect(echo.values('echo').flat().sort()).toEqual(['b', 'new']);
  });

  test('that it was in before reads a partition added meanwhile from its beginning', async () => {
    const topic = await kafka.createTopic(randomName('away'));
    await kafka.produceValues(topic, ['old']);
    const echo = aLatest(topic);
    await echo.start();
    await untilCommitted(echo, topic, 1);
    await echo.stop();

    await (await kafka.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await kafka.produceValues(topic, ['1', '2'], 1);
    await echo.start();

    await echo.waitFor('them', async () => (await kafka.committed(`group-${topic}`, topic))[1] === 2);
    expect(echo.values('echo').flat()).toEqual(['1', '2']);
  });
});

test.concurrent('a filter passes matching records, and commits the others', async () => {
  await kafka.produceValues(name.filtered, ['{"kind":"drop"}', '{"kind":"keep"}', 'no json', '{"kind":"drop"}']);
  await untilCommitted(project, name.filtered, 4);
  expect(project.values('filtered').flat()).toEqual(['{"kind":"keep"}', 'no json']);
});

test('a mapping that is not enabled does nothing', () => {
  expect(project.lines('joined the group').map((line) => line.function)).not.toContain('off');
});

describe('observability:', () => {
  test('one line per invocation', () => {
    expect(project.lines('invocation').find((line) => line.function === 'latest')).toMatchObject({
      level: 'info',
      function: 'latest',
      topic: name.latest,
      partitions: [0],
      offsets: { [`${name.latest}-0`]: [1, 1] },
      size: 1,
      ms: expect.any(Number),
      outcome: 'success',
    });
  });

  test('AWS’s metrics at the port', async () => {
    await kafka.produceValues(name.failing, ['1', '2']);
    await untilCommitted(project, name.failing, 2);
    const [line] = project.lines('metrics are served');
    const text = await (await fetch(String(line?.url))).text();
    const value = (family: string, functionKey: string) =>
      Number(new RegExp(`^${family}\\{function="${functionKey}",[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(value('kafka_events_polled_event_count_total', 'filtered')).toBe(4);
    expect(value('kafka_events_filtered_out_event_count_total', 'filtered')).toBe(2);
    expect(value('kafka_events_invoked_event_count_total', 'filtered')).toBe(2);
    expect(value('kafka_events_committed_event_count_total', 'filtered')).toBe(4);
    expect(value('kafka_events_failed_invoke_event_count_total', 'failing')).toBe(4);
    expect(value('kafka_events_invoke_error_count_total', 'failing')).toBe(2);
    expect(value('kafka_events_max_offset_lag', 'filtered')).toBe(0);
  });
});
