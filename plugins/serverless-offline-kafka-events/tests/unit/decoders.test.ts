import avro from 'avsc';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../src/schema-registry/decoders.ts';

const A = { type: 'record', name: 'A', fields: [{ name: 'x', type: 'int' }] } as const;
const B = { type: 'record', name: 'B', fields: [{ name: 'unwrap', type: 'string' }] } as const;
const COLOUR = { type: 'enum', name: 'Colour', symbols: ['RED', 'BLUE'] } as const;

/** The JSON of what Avro itself wrote. */
function throughAvro(schema: object, value: unknown): unknown {
  const decode = createDecoder('confluent', { dataFormat: 'AVRO', definition: JSON.stringify(schema), references: [] });
  return JSON.parse(decode(avro.Type.forSchema(schema as avro.Schema, { wrapUnions: true }).toBuffer(value)));
}

describe('Avro', () => {
  test.each([
    { union: ['null', 'string', COLOUR], written: { Colour: 'BLUE' }, json: 'BLUE' },
    { union: ['null', 'string', COLOUR], written: { string: 'BLUE' }, json: 'BLUE' },
    { union: ['null', 'float', 'double'], written: { double: 1.5 }, json: 1.5 },
    { union: ['null', 'int', 'long'], written: { long: 7 }, json: 7 },
    { union: ['null', 'long', 'double'], written: null, json: null },
    { union: ['null', 'string', 'bytes'], written: { bytes: Buffer.from([255]) }, json: 'ÿ' },
    { union: [A, B], written: { A: { x: 1 } }, json: { x: 1 } },
    { union: [A, B], written: { B: { unwrap: 'b' } }, json: { unwrap: 'b' } },
  ])('a value of the union $union is written without the name of its branch', ({ union, written, json }) => {
    const field = { type: 'record', name: 'E', fields: [{ name: 'field', type: union }] };
    expect(throughAvro(field, { field: written })).toEqual({ field: json });
    expect(throughAvro({ type: 'array', items: union }, [written])).toEqual([json]);
    expect(throughAvro({ type: 'map', values: union }, { a: written })).toEqual({ a: json });
  });

  test('a record that looks like a buffer stays as it is', () => {
    const fields = [
      { name: 'type', type: 'string' },
      { name: 'data', type: { type: 'array', items: 'int' } },
    ];
    const value = { type: 'Buffer', data: [65, 66] };
    expect(throughAvro({ type: 'record', name: 'E', fields }, value)).toEqual(value);
  });

  test('a text that looks like a number stays a text', () => {
    expect(throughAvro({ type: 'string' }, '\u0000number:5')).toBe('\u0000number:5');
  });
});

const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';

describe('JSON Schema of draft 4', () => {
  function throughJson(schema: object, value: unknown, references: { name: string; definition: string }[] = []) {
    const decode = createDecoder('confluent', { dataFormat: 'JSON', definition: JSON.stringify(schema), references });
    return JSON.parse(decode(Buffer.from(JSON.stringify(value))));
  }

  test.each([
    {
      $schema: DRAFT_04,
      id: 'http://shop.example/order',
      type: 'object',
      properties: { a: { $ref: '#/definitions/a' } },
      definitions: { a: { type: 'integer' } },
    },
    { $schema: DRAFT_04, properties: { a: { type: 'number', minimum: 0, exclusiveMinimum: true } } },
    { properties: { a: { $ref: 'line.json' } } },
    { $schema: DRAFT_04, properties: { a: { $ref: 'line.json' } } },
  ])('is understood: %j', (schema) => {
    const line = { $schema: DRAFT_04, id: 'http://shop.example/line', type: 'integer' };
    const references = [{ name: 'line.json', definition: JSON.stringify(line) }];
    expect(throughJson(schema, { a: 1 }, references)).toEqual({ a: 1 });
    expect(() => throughJson(schema, { a: 'x' }, references)).toThrow('data/a must be');
  });

  test('has bounds of its own', () => {
    const schema = { $schema: DRAFT_04, type: 'number', minimum: 0, exclusiveMinimum: true };
    expect(throughJson(schema, 1)).toBe(1);
    expect(() => throughJson(schema, 0)).toThrow('data must be > 0');
  });
});

describe('Protobuf’s well-known types', () => {
  const IMPORTS = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers']
    .map((name) => `import "google/protobuf/${name}.proto";`)
    .join('\n');

  /** The JSON of a message with one field of the type, which protobufjs wrote. */
  function throughProtobuf(type: string, value: unknown): unknown {
    const definition = `syntax = "proto3"; ${IMPORTS} message E { ${type} field = 1; } message Line { int32 number = 1; }`;
    const root = new protobuf.Root();
    protobuf.parse(definition, root);
    for (const { nested } of [...IMPORTS.matchAll(/"(.+?)"/g)].flatMap(
      ([, name = '']) => protobuf.common.get(name) ?? [],
    ))
      if (nested !== undefined) root.addJSON(nested);
    const written = root
      .lookupType('E')
      .encode(root.lookupType('E').fromObject({ field: value }))
      .finish();
    const decode = createDecoder('confluent', { dataFormat: 'PROTOBUF', definition, references: [] });
    return JSON.parse(decode(Buffer.concat([Buffer.from([0]), written]))).field;
  }

  const struct = {
    fields: { a: { numberValue: 0 }, b: { nullValue: 0 }, c: { listValue: { values: [{ stringValue: 'x' }] } } },
  };
  const json = { a: 0, b: null, c: ['x'] };

  test.each([
    ['google.protobuf.Timestamp', { seconds: 1_700_000_000 }, '2023-11-14T22:13:20Z'],
    ['google.protobuf.Timestamp', { seconds: 0, nanos: 10_000_000 }, '1970-01-01T00:00:00.010Z'],
    ['google.protobuf.Timestamp', { seconds: -1, nanos: 1_000 }, '1969-12-31T23:59:59.000001Z'],
    ['google.protobuf.Timestamp', { nanos: 1 }, '1970-01-01T00:00:00.000000001Z'],
    ['google.protobuf.Duration', { seconds: 3 }, '3s'],
    ['google.protobuf.Duration', { seconds: -3, nanos: -500_000_000 }, '-3.500s'],
    ['google.protobuf.Duration', { nanos: -1 }, '-0.000000001s'],
    ['google.protobuf.StringValue', { value: 'a' }, 'a'],
    ['google.protobuf.StringValue', {}, ''],
    ['google.protobuf.BoolValue', {}, false],
    ['google.protobuf.Int32Value', { value: 7 }, 7],
    ['google.protobuf.Int64Value', { value: 7 }, '7'],
    ['google.protobuf.UInt64Value', {}, '0'],
    ['google.protobuf.DoubleValue', { value: Number.NaN }, 'NaN'],
    ['google.protobuf.BytesValue', { value: Buffer.from('a') }, 'YQ=='],
    ['google.protobuf.FieldMask', { paths: ['order_id', 'line.article_name'] }, 'orderId,line.articleName'],
    ['google.protobuf.Empty', {}, {}],
    ['google.protobuf.Struct', struct, json],
    ['google.protobuf.Value', { structValue: struct }, json],
    ['google.protobuf.ListValue', { values: [{ boolValue: false }, { structValue: {} }] }, [false, {}]],
    ['repeated google.protobuf.StringValue', [{ value: 'a' }, {}], ['a', '']],
    ['map<string, google.protobuf.Duration>', { a: { seconds: 1 } }, { a: '1s' }],
    [
      'google.protobuf.Any',
      { '@type': 'type.googleapis.com/google.protobuf.Duration', seconds: 1 },
      { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' },
    ],
    [
      'google.protobuf.Any',
      { '@type': 'type.googleapis.com/Line', number: 5 },
      { '@type': 'type.googleapis.com/Line', number: 5 },
    ],
  ])('%s %j is Protobuf’s JSON', (type, value, expected) => {
    expect(throughProtobuf(type, value)).toEqual(expected);
  });

  test.each([
    ['google.protobuf.Timestamp', { seconds: 253_402_300_800 }],
    ['google.protobuf.Timestamp', { seconds: 0, nanos: -1 }],
  ])('%s %j is refused: JSON has no such time', (type, value) => {
    expect(() => throughProtobuf(type, value)).toThrow('is no time of the years 1 to 9999');
  });
});
