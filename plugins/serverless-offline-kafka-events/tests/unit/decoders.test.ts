import avro from 'avsc';
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
