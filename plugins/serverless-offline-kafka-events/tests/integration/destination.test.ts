import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();
const name = {
  bisected: randomName('bisected'),
  large: randomName('large'),
  dropped: randomName('dropped'),
  aged: randomName('aged'),
  standIn: randomName('standIn'),
  oversized: randomName('oversized'),
  letters: randomName('letters'),
};
const provisionedPollerConfig = { minimumPollers: 1, maximumPollers: 5 };
const toLetters = { onFailureDestination: `kafka://${name.letters}`, provisionedPollerConfig };

const project = aProject({
  kafkaEvents: { onFailureTopic: name.letters },
  functions: {
    bisected: {
      handler: 'handler.poison',
      events: on(name.bisected, { ...toLetters, bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 }),
    },
    large: { handler: 'handler.echo', events: on(name.large, toLetters) },
    aged: { handler: 'handler.echo', events: on(name.aged, { ...toLetters, maximumRecordAgeInSeconds: 60 }) },
    standIn: {
      handler: 'handler.poison',
      events: on(name.standIn, { onFailureDestination: 'arn:aws:sqs:eu-west-1:111111111111:failed' }),
    },
    dropped: {
      handler: 'handler.poison',
      events: on(name.dropped, { maximumRetryAttempts: 0, provisionedPollerConfig }),
    },
    oversized: { handler: 'handler.echo', events: on(name.oversized) },
  },
});
let letters: Awaited<ReturnType<typeof kafka.tap>>;

async function untilLetter(key: string) {
  const letter = await project.waitFor('the dead letter', () => letters.find((one) => one.key?.toString() === key));
  return JSON.parse(letter.value?.toString() ?? '');
}

beforeAll(async () => {
  const config = (topic: string): Record<string, string> =>
    topic === name.letters ? { 'max.message.bytes': '1048576' } : {};
  await Promise.all(Object.values(name).map((topic) => kafka.createTopic(topic, 1, config(topic))));
  letters = await kafka.tap(name.letters);
  await project.start();
  await project.untilJoined(6);
});

describe.concurrent('a failure', () => {
  test('of one record is found by bisecting and goes to the destination', async () => {
    await kafka.produce(
      name.bisected,
      ['1', '2', '3', 'poison', '5', '6', '7', '8'].map((value) => ({ key: `key ${value}`, value, partition: 0 })),
    );
    await untilCommitted(project, name.bisected, 8);

    expect(project.values('bisected', 'end').flat()).toEqual(['1', '2', '3', '5', '6', '7', '8']);
    expect(await untilLetter('key poison')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', functionArn: expect.stringContaining('tested-dev-bisected') },
      responseContext: { functionError: 'Unhandled' },
      KafkaBatchInfo: { recordInfo: { offset: '3' } },
      payload: {
        records: { [`${name.bisected}-0`]: [{ offset: 3, value: Buffer.from('poison').toString('base64') }] },
      },
    });
  });

  test('without a destination is dropped once its retries are exhausted', async () => {
    await kafka.produceValues(name.dropped, ['poison']);
    await untilCommitted(project, name.dropped, 1);
    expect(project.values('dropped')).toEqual([['poison']]);
    const lines = project.lines('records are dropped: there is no onFailureDestination');
    expect(lines.filter(({ topic }) => topic === name.dropped)).toMatchObject([
      { partition: 0, offsets: [0, 0], condition: 'RetriesExhausted' },
    ]);
  });

  test('to fit into 6 MB sends the record to the destination', async () => {
    await kafka.produce(name.large, [{ key: 'large', value: Buffer.alloc(5_000_000) }], true);
    await kafka.produceValues(name.large, ['small']);
    await untilCommitted(project, name.large, 2);
    expect(project.values('large')).toEqual([['small']]);
    expect(await untilLetter('large')).toMatchObject({
      requestContext: { condition: 'MaximumPayloadSizeExceeded' },
      responseContext: null,
    });
  });

  test('to fit into 6 MB without a destination is an error that names the record, and the rest goes on', async () => {
    await kafka.produce(name.oversized, [{ value: Buffer.alloc(5_000_000) }], true);
    await kafka.produceValues(name.oversized, ['small']);
    await untilCommitted(project, name.oversized, 2);
    expect(project.values('oversized')).toEqual([['small']]);
    const lines = project.lines('records are dropped: there is no onFailureDestination');
    expect(lines.filter(({ topic }) => topic === name.oversized)).toMatchObject([
      { level: 'error', partition: 0, offsets: [0, 0], condition: 'MaximumPayloadSizeExceeded' },
    ]);
  });

  test('to be young enough sends the record to the destination without an invocation', async () => {
    const old = String(Date.now() - 120_000);
    await kafka.produce(name.aged, [{ key: 'old', value: 'old', timestamp: old }, { value: 'young' }]);
    await untilCommitted(project, name.aged, 2);
    expect(project.values('aged')).toEqual([['young']]);
    expect(await untilLetter('old')).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
      responseContext: null,
    });
  });

  test('goes to the stand-in of a destination that is an ARN, after ten retries', async () => {
    await kafka.produce(name.standIn, [{ key: 'for the queue', value: 'poison' }]);
    await untilCommitted(project, name.standIn, 1);
    expect(await untilLetter('for the queue')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 11 },
    });
  });
});
