import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();
const name = {
  retried: randomName('retried'),
  partial: randomName('partial'),
  bisected: randomName('bisected'),
  malformed: randomName('malformed'),
  overtime: randomName('overtime'),
};
const provisionedPollerConfig = { minimumPollers: 1, maximumPollers: 5 };
const reporting = { functionResponseType: 'ReportBatchItemFailures', provisionedPollerConfig };

const project = aProject({
  functions: {
    retried: { handler: 'handler.failTwice', events: on(name.retried, { batchSize: 2 }) },
    partial: { handler: 'handler.partial', events: on(name.partial, reporting) },
    bisected: {
      handler: 'handler.reportPoison',
      events: on(name.bisected, { ...reporting, bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 }),
    },
    malformed: { handler: 'handler.malformed', events: on(name.malformed, reporting) },
    overtime: { handler: 'handler.overtime', timeout: 1, events: on(name.overtime) },
  },
});

beforeAll(async () => {
  await Promise.all(Object.values(name).map((topic) => kafka.createTopic(topic)));
  await project.start();
  await project.untilJoined(5);
});

describe.concurrent('a failure', () => {
  test('is retried with the whole batch, with back-off, before any other record of the partition', async () => {
    await kafka.produceValues(name.retried, ['1', '2', '3']);
    await untilCommitted(project, name.retried, 3);
    expect(project.values('retried')).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['3']]);
    const [first = 0, second = 0, third = 0] = project.calls('retried').map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(190);
  });

  test('of a part commits what comes before it', async () => {
    await kafka.produceValues(name.partial, ['1', '2', 'later', '4']);
    await untilCommitted(project, name.partial, 4);
    expect(project.values('partial')).toEqual([
      ['1', '2', 'later', '4'],
      ['later', '4'],
      ['later', '4'],
    ]);
  });

  test('of a part, with bisecting, is split at the checkpoint, then halved down to the record', async () => {
    await kafka.produceValues(name.bisected, ['1', '2', 'poison', '4', '5']);
    await untilCommitted(project, name.bisected, 5);
    expect(project.values('bisected')).toEqual([
      ['1', '2', 'poison', '4', '5'],
      ['poison', '4', '5'],
      ['poison', '4'],
      ['poison'],
      ['poison'],
      ['4'],
      ['5'],
    ]);
  });

  test('includes a malformed response', async () => {
    await kafka.produceValues(name.malformed, ['1', '2']);
    await untilCommitted(project, name.malformed, 2);
    expect(project.values('malformed')).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  test('includes a timeout, and the retry waits until the handler has ended', async () => {
    await kafka.produceValues(name.overtime, ['1']);
    await untilCommitted(project, name.overtime, 1);
    const [firstEnd] = project.calls('overtime', 'end');
    const [, second] = project.calls('overtime');
    expect(second?.at).toBeGreaterThanOrEqual(firstEnd?.at ?? Number.POSITIVE_INFINITY);
    expect(project.lines('invocation').find((line) => line.function === 'overtime')).toMatchObject({
      outcome: 'failure',
      reason: expect.stringContaining('timeout'),
    });
  });
});
