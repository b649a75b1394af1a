import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';
import {
  AVRO_SCHEMA,
  avroOrder,
  confluentPrefix,
  JSON_SCHEMA,
  PROTOBUF_SCHEMA,
  protobufOrder,
  SchemaRegistry,
} from '../helpers/schema-registry.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();
const registry = new SchemaRegistry();
const name = {
  decoded: randomName('decoded'),
  letters: randomName('letters'),
  dropped: randomName('dropped'),
  avro: randomName('avro'),
  protobuf: randomName('protobuf'),
  json: randomName('json'),
};

/** Handlers as Powertools' documentation has them; they write down what they got. */
const POWERTOOLS = `
import { appendFileSync } from 'node:fs';
import { kafkaConsumer, SchemaType } from '@aws-lambda-powertools/kafka';
import protobuf from 'protobufjs';
const order = protobuf.parse(${JSON.stringify(PROTOBUF_SCHEMA)}).root.lookupType('shop.Order');
const write = (kind) => async (event) => {
  for (const { value } of event.records) {
    const { id, orderId, status } = value;
    appendFileSync('powertools.jsonl', JSON.stringify({ kind, id: Number(id ?? orderId), status }) + '\\n');
  }
};
export const avro = kafkaConsumer(write('avro'), { value: { type: SchemaType.AVRO, schema: ${JSON.stringify(AVRO_SCHEMA)} } });
export const protobufs = kafkaConsumer(write('protobuf'), { value: { type: SchemaType.PROTOBUF, schema: order } });
export const json = kafkaConsumer(write('json'), { value: { type: SchemaType.JSON } });
`;

const framed = (id: number, payload: Buffer) => Buffer.concat([confluentPrefix(id), payload]);
let project: OfflineProject;

function schemaRegistryConfig(eventRecordFormat: 'JSON' | 'SOURCE') {
  return {
    provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 2 },
    schemaRegistryConfig: {
      schemaRegistryURI: registry.url,
      eventRecordFormat,
      schemaValidationConfigs: [{ attribute: 'VALUE' }],
    },
  };
}

beforeAll(async () => {
  await registry.start();
  registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA });
  registry.register('2', { schemaType: 'PROTOBUF', schema: PROTOBUF_SCHEMA });
  registry.register('3', { schemaType: 'JSON', schema: JSON_SCHEMA });
  await Promise.all(Object.values(name).map((topic) => kafka.createTopic(topic)));
  const parts = {
    filterPatterns: [{ value: { status: ['paid'] } }],
    onFailureDestination: `kafka://${name.letters}`,
  };
  project = aProject({
    offline: {},
    kafkaEvents: { metricsPort: 0 },
    functions: {
      decoded: { handler: 'handler.echo', events: on(name.decoded, { ...schemaRegistryConfig('JSON'), ...parts }) },
      dropped: { handler: 'handler.echo', events: on(name.dropped, schemaRegistryConfig('JSON')) },
      avro: { handler: 'powertools.avro', timeout: 30, events: on(name.avro, schemaRegistryConfig('SOURCE')) },
      protobuf: {
        handler: 'powertools.protobufs',
        timeout: 30,
        events: on(name.protobuf, schemaRegistryConfig('SOURCE')),
      },
      json: { handler: 'powertools.json', timeout: 30, events: on(name.json, schemaRegistryConfig('JSON')) },
    },
  });
  project.write('powertools.js', POWERTOOLS);
  project.write('powertools.jsonl', '');
  await project.start();
  await project.untilJoined(5);
});
afterAll(() => registry.close());

test('records reach the filter and the handler decoded, with their schema', async () => {
  const values = [framed(1, avroOrder(1, 'new')), framed(1, avroOrder(2, 'paid'))];
  await kafka.produce(
    name.decoded,
    values.map((value) => ({ value, partition: 0 })),
  );
  await untilCommitted(project, name.decoded, 2);

  expect(
    project
      .values('decoded')
      .flat()
      .map((text) => JSON.parse(text)),
  ).toMatchObject([{ id: 2, status: 'paid' }]);
  const [call] = project.calls('decoded');
  expect(Object.values(call?.event.records ?? {}).flat()).toMatchObject([
    { offset: 1, valueSchemaMetadata: { dataFormat: 'AVRO', schemaId: '1' } },
  ]);
});

test('what does not fit goes to the destination as it was, in order, and the rest goes on', async () => {
  const unknown = framed(77, avroOrder(3, 'paid'));
  const broken = Buffer.from('no schema');
  const messages = [unknown, broken, framed(1, avroOrder(4, 'paid'))];
  await kafka.produce(
    name.decoded,
    messages.map((value, index) => ({ key: `k${index}`, value, partition: 0 })),
  );
  await untilCommitted(project, name.decoded, 5);

  expect(
    project
      .values('decoded')
      .flat()
      .map((text) => JSON.parse(text).id),
  ).toEqual([2, 4]);
  const seen = await kafka.tap(name.letters);
  await project.waitFor('both letters', () => seen.length === 2);
  const letters = seen.map(({ key, value }) => ({ key: String(key), ...JSON.parse(String(value)) }));
  expect(letters).toMatchObject([
    { key: 'k0', requestContext: { condition: 'SchemaNotFound', approximateInvokeCount: 0 }, responseContext: null },
    { key: 'k1', requestContext: { condition: 'DeserializationError' } },
  ]);
  const [record] = Object.values(letters[0].payload.records).flat() as { value: string }[];
  expect(Buffer.from(record?.value ?? '', 'base64')).toEqual(unknown);
});

test('without a destination what does not fit is dropped with an error, and the rest goes on', async () => {
  await kafka.produce(name.dropped, [
    { value: 'no schema', partition: 0 },
    { value: framed(3, Buffer.from('{"id":1,"status":"paid"}')), partition: 0 },
  ]);
  await untilCommitted(project, name.dropped, 2);
  expect(project.values('dropped')).toEqual([['{"id":1,"status":"paid"}']]);
  const lines = project.lines('records are dropped: there is no onFailureDestination');
  expect(lines).toMatchObject([{ topic: name.dropped, offsets: [0, 0], condition: 'DeserializationError' }]);
});

async function lagOf(topic: string): Promise<number> {
  const [line] = project.lines('metrics are served');
  const text = await (await fetch(String(line?.url))).text();
  return Number(
    new RegExp(`^kafka_events_max_offset_lag\\{[^}]*topic="${topic}"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1],
  );
}

test('a registry that is down holds records back, the lag grows, and nothing is skipped', async () => {
  registry.isDown = true;
  const late = { value: framed(1, avroOrder(8, 'late')), partition: 0 };
  await kafka.produce(name.dropped, [late]);
  const waiting = 'the schema registry cannot be reached, retrying';
  await project.waitFor('a clear line', () => project.lines(waiting).length > 0);
  await kafka.produce(name.dropped, [late, late]);
  await project.waitFor('the lag', async () => (await lagOf(name.dropped)) === 3);
  registry.isDown = false;
  await untilCommitted(project, name.dropped, 5);
  expect(
    project
      .values('dropped')
      .flat()
      .slice(-3)
      .map((text) => JSON.parse(text).status),
  ).toEqual(['late', 'late', 'late']);
});

describe('handlers with the Powertools consumer', () => {
  test.each([
    ['avro', name.avro, framed(1, avroOrder(5, 'paid'))],
    ['protobuf', name.protobuf, framed(2, protobufOrder(5, 'paid'))],
    ['json', name.json, framed(3, Buffer.from('{"id":5,"status":"paid"}'))],
  ])('read %s', async (kind, topic, value) => {
    await kafka.produce(topic, [{ value, partition: 0 }]);
    await untilCommitted(project, topic, 1);
    const lines = project.read('powertools.jsonl').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({ kind, id: 5, status: 'paid' });
  });
});
