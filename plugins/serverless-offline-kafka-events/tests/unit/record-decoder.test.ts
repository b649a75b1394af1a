import { deflateSync } from 'node:zlib';
import avro from 'avsc';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SchemaRegistryConfig } from '../../src/config/schema-registry.ts';
import { createRecordDecoder } from '../../src/schema-registry/record-decoder.ts';
import { aRecord } from '../helpers/records.ts';
import {
  AVRO_SCHEMA,
  avroOrder,
  confluentPrefix,
  JSON_SCHEMA,
  PROTOBUF_SCHEMA,
  protobufOrder,
  SchemaRegistry,
} from '../helpers/schema-registry.ts';

const LOGIN = { username: 'reader', password: 'secret' };
const registry = new SchemaRegistry(LOGIN);

beforeAll(() => registry.start());
afterAll(() => registry.close());
beforeEach(() => {
  registry.requests.length = 0;
  registry.isDown = false;
  registry.page = null;
});

function aDecoder(parts: Partial<SchemaRegistryConfig> = {}) {
  return createRecordDecoder({
    kind: 'confluent',
    url: registry.url,
    region: 'eu-west-1',
    format: 'JSON',
    attributes: new Set(['VALUE']),
    login: LOGIN,
    tls: {},
    ...parts,
  });
}

async function decode(value: Buffer | null, parts: Partial<SchemaRegistryConfig> = {}, key: Buffer | null = null) {
  const decoder = aDecoder(parts);
  const record = aRecord(0, { key, value });
  await decoder.prepare([record]);
  return decoder.decode(record);
}

const framed = (id: number, payload: Buffer) => Buffer.concat([confluentPrefix(id), payload]);
const json = (bytes: Buffer | null) => JSON.parse(String(bytes));

describe('Avro', () => {
  beforeAll(() => registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA }));

  test('arrives as JSON, with its schema', async () => {
    const { record, failure } = await decode(framed(1, avroOrder(7, 'paid')));
    expect(failure).toBeNull();
    expect(json(record.value)).toEqual({ id: 7, status: 'paid', note: null, raw: '\u0000ÿ' });
    expect(record.valueSchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: '1' });
    expect(record).not.toHaveProperty('keySchemaMetadata');
  });

  test('in its source format arrives without the registry’s prefix', async () => {
    const { record, filterValue } = await decode(framed(1, avroOrder(7, 'paid')), { format: 'SOURCE' });
    expect(record.value).toEqual(avroOrder(7, 'paid'));
    expect(json(filterValue)).toMatchObject({ id: 7, status: 'paid' });
  });

  test('keeps numbers that JavaScript’s cannot hold', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'Big', fields: [{ name: 'id', type: 'long' }] });
    registry.register('2', { schemaType: 'AVRO', schema });
    const zigzagOfTheLargest = Buffer.from('feffffffffffffffff01', 'hex');
    const { record } = await decode(framed(2, zigzagOfTheLargest));
    expect(String(record.value)).toBe('{"id":9223372036854775807}');
  });

  test('may refer to other schemas', async () => {
    const line = { type: 'record', name: 'shop.Line', fields: [{ name: 'article', type: 'string' }] };
    const order = { type: 'record', name: 'shop.Order', fields: [{ name: 'line', type: 'shop.Line' }] } as const;
    registry.register('lines/3', { schemaType: 'AVRO', schema: JSON.stringify(line) });
    const references = [{ name: 'shop.Line', subject: 'lines', version: 3 }];
    registry.register('3', { schemaType: 'AVRO', schema: JSON.stringify(order), references });
    const payload = avro.Type.forSchema({ ...order, fields: [{ name: 'line', type: line as avro.Schema }] }).toBuffer({
      line: { article: 'pen' },
    });
    expect(json((await decode(framed(3, payload))).record.value)).toEqual({ line: { article: 'pen' } });
  });
});

describe('Protobuf', () => {
  beforeAll(() => registry.register('10', { schemaType: 'PROTOBUF', schema: PROTOBUF_SCHEMA }));

  test('arrives as its own JSON, by the message that its indexes name', async () => {
    const { record, failure } = await decode(framed(10, protobufOrder(7, 'paid')));
    expect(failure).toBeNull();
    expect(json(record.value)).toEqual({
      orderId: '7',
      status: 'paid',
      state: 'PAID',
      lines: [{ articleName: 'pen' }],
    });
  });

  test('in its source format keeps the message indexes, as Powertools expects them', async () => {
    const { record } = await decode(framed(10, protobufOrder(7, 'paid')), { format: 'SOURCE' });
    expect(record.value).toEqual(protobufOrder(7, 'paid'));
  });

  test('may import other schemas, and Google’s', async () => {
    const schema = `syntax = "proto3";
      import "common.proto";
      import "google/protobuf/timestamp.proto";
      message Order { common.Money price = 1; google.protobuf.Timestamp at = 2; }`;
    const common =
      'syntax = "proto3"; package common; import "google/protobuf/wrappers.proto"; message Money { google.protobuf.Int32Value cents = 1; }';
    registry.register('money/1', { schemaType: 'PROTOBUF', schema: common });
    const references = [{ name: 'common.proto', subject: 'money', version: 1 }];
    registry.register('11', { schemaType: 'PROTOBUF', schema, references });
    const payload = Buffer.from([0, 0x0a, 4, 0x0a, 2, 0x08, 5, 0x12, 2, 0x08, 9]);
    expect(json((await decode(framed(11, payload))).record.value)).toEqual({
      price: { cents: 5 },
      at: '1970-01-01T00:00:09Z',
    });
  });
});

describe('JSON Schema', () => {
  beforeAll(() => registry.register('20', { schemaType: 'JSON', schema: JSON_SCHEMA }));
  const order = Buffer.from('{"id": 7, "status": "paid"}');

  test('is validated and arrives as it was written', async () => {
    const { record } = await decode(framed(20, order));
    expect(record.value).toEqual(order);
    expect(record.valueSchemaMetadata).toEqual({ dataFormat: 'JSON', schemaId: '20' });
  });

  test('that does not fit is a DeserializationError, which names the property', async () => {
    const { failure } = await decode(framed(20, Buffer.from('{"id": "x", "status": "paid"}')));
    expect(failure).toMatchObject({ condition: 'DeserializationError', problem: 'data/id must be integer' });
  });

  test.each(['http://json-schema.org/draft-04/schema#', 'https://json-schema.org/draft/2020-12/schema'])(
    'may be of the dialect %s',
    async ($schema) => {
      registry.register('21', { schemaType: 'JSON', schema: JSON.stringify({ ...JSON.parse(JSON_SCHEMA), $schema }) });
      expect((await decode(framed(21, order))).failure).toBeNull();
    },
  );
});

describe('Glue', () => {
  const id = 'b7b4a7f0-9c96-4f6b-8b0a-0b0c0d0e0f10';
  const glue = { kind: 'glue' } as const;
  const prefix = (compression: number) =>
    Buffer.concat([Buffer.from([3, compression]), Buffer.from(id.replaceAll('-', ''), 'hex')]);

  test.each([
    ['plain', prefix(0), (data: Buffer) => data],
    ['compressed', prefix(5), deflateSync],
  ])('%s Avro is decoded by the UUID of its schema version', async (_name, header, compress) => {
    registry.register(id, { schemaType: 'AVRO', schema: AVRO_SCHEMA });
    const { record } = await decode(Buffer.concat([header, compress(avroOrder(7, 'paid'))]), glue);
    expect(json(record.value)).toMatchObject({ id: 7, status: 'paid' });
    expect(record.valueSchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: id });
  });

  test('Protobuf is decoded by its index into all messages', async () => {
    registry.register(id, { schemaType: 'PROTOBUF', schema: PROTOBUF_SCHEMA });
    // Sorted: shop.Order, shop.Order.Line, shop.Other.
    const order = protobufOrder(7, 'paid').subarray(2);
    const { record } = await decode(Buffer.concat([prefix(0), Buffer.from([0]), order]), glue);
    expect(json(record.value)).toMatchObject({ orderId: '7', status: 'paid' });
  });

  test('an unknown version is SchemaNotFound', async () => {
    const unknown = Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(16, 1), avroOrder(7, 'paid')]);
    expect((await decode(unknown, glue)).failure).toMatchObject({ condition: 'SchemaNotFound' });
  });
});

describe('what cannot be decoded', () => {
  beforeAll(() => registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA }));

  test('for lack of its schema is SchemaNotFound', async () => {
    expect((await decode(framed(99, avroOrder(1, 'x')))).failure).toMatchObject({ condition: 'SchemaNotFound' });
  });

  test.each([
    ['without a schema’s id', Buffer.from('{"id":1}')],
    ['cut off', framed(1, avroOrder(1, 'paid').subarray(0, 2))],
    ['empty', Buffer.alloc(0)],
  ])('because it is %s is a DeserializationError, and stays as it is', async (_name, value) => {
    const { failure, record } = await decode(value);
    expect(failure?.condition).toBe('DeserializationError');
    expect(record.value).toEqual(value);
  });

  test('because its schema is broken is a DeserializationError', async () => {
    registry.register('98', { schemaType: 'AVRO', schema: '{"type": "nonsense"}' });
    expect((await decode(framed(98, avroOrder(1, 'x')))).failure?.condition).toBe('DeserializationError');
  });
});

test('keys are decoded as well, and the key of a dead letter stays the original', async () => {
  registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA });
  const key = framed(1, avroOrder(1, 'key'));
  const { record } = await decode(Buffer.from('plain'), { attributes: new Set(['KEY']) }, key);
  expect(json(record.key)).toMatchObject({ id: 1, status: 'key' });
  expect(record.originalKey).toEqual(key);
  expect(record.value).toEqual(Buffer.from('plain'));
  expect(record.keySchemaMetadata).toEqual({ dataFormat: 'AVRO', schemaId: '1' });
});

test('a tombstone stays null', async () => {
  const { record, failure } = await decode(null);
  expect(failure).toBeNull();
  expect(record.value).toBeNull();
  expect(record).not.toHaveProperty('valueSchemaMetadata');
});

test('a schema is fetched once, however many records need it', async () => {
  registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA });
  const decoder = aDecoder();
  const records = [1, 2, 3].map((offset) => aRecord(offset, { value: framed(1, avroOrder(offset, 'x')) }));
  expect(decoder.isPrepared(records)).toBe(false);
  await Promise.all([decoder.prepare(records), decoder.prepare(records)]);
  expect(decoder.isPrepared(records)).toBe(true);
  expect(registry.requests).toEqual(['GET /schemas/ids/1']);
});

test('a registry that is down, or refuses the login, is no answer', async () => {
  const records = [aRecord(0, { value: framed(1, avroOrder(1, 'x')) })];
  await expect(aDecoder({ login: null }).prepare(records)).rejects.toThrow('answered 401');
  registry.isDown = true;
  const decoder = aDecoder();
  await expect(decoder.prepare(records)).rejects.toThrow('answered 503');
  registry.isDown = false;
  await decoder.prepare(records);
  expect(decoder.isPrepared(records)).toBe(true);
});

test.each([
  { kind: 'confluent', status: 404, content: '<html>404 Not Found</html>' },
  { kind: 'confluent', status: 404, content: '{"error_code":404,"message":"HTTP 404 Not Found"}' },
  { kind: 'confluent', status: 400, content: '{"__type":"EntityNotFoundException"}' },
  { kind: 'glue', status: 404, content: '{"__type":"UnknownOperationException"}' },
  { kind: 'glue', status: 404, content: '{"error_code":40403}' },
] as const)('a $status of $kind with $content is no answer of the registry', async ({ kind, ...page }) => {
  registry.page = page;
  const header = kind === 'glue' ? Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(16, 1)]) : confluentPrefix(1);
  const records = [aRecord(0, { value: Buffer.concat([header, avroOrder(1, 'x')]) })];
  await expect(aDecoder({ kind }).prepare(records)).rejects.toThrow(`answered ${page.status}`);
});

test.each([
  { kind: 'confluent', status: 404, content: '{"error_code":40401,"message":"Subject not found"}' },
  { kind: 'confluent', status: 404, content: '{"error_code":40402,"message":"Version not found"}' },
  { kind: 'confluent', status: 404, content: '{"error_code":40403,"message":"Schema not found"}' },
  { kind: 'glue', status: 400, content: '{"__type":"EntityNotFoundException","Message":"not found"}' },
  { kind: 'glue', status: 400, content: '{"__type":"com.amazonaws.glue#EntityNotFoundException"}' },
] as const)('$kind says with $content that it has no such schema', async ({ kind, ...page }) => {
  registry.page = page;
  const header = kind === 'glue' ? Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(16, 1)]) : confluentPrefix(1);
  const { failure } = await decode(Buffer.concat([header, avroOrder(1, 'x')]), { kind });
  expect(failure?.condition).toBe('SchemaNotFound');
});
