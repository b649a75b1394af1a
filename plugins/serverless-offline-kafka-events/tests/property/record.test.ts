import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  emptyEventBytes,
  type PolledRecord,
  recordJsonBytes,
  toLambdaEvent,
  toLambdaRecord,
} from '../../src/record/record.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes);
const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,30}$/);
const record: fc.Arbitrary<PolledRecord> = fc.record({
  topic,
  partition: fc.nat(5_000),
  offset: fc.nat(Number.MAX_SAFE_INTEGER),
  timestamp: fc.integer({ min: -1, max: 4_000_000_000_000 }),
  timestampType: fc.constantFrom('CREATE_TIME', 'LOG_APPEND_TIME'),
  key: nullable,
  value: nullable,
  headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), nullable), { maxLength: 5 }),
});

test('the counted size of a record is that of its JSON', () => {
  fc.assert(
    fc.property(record, (one) => {
      expect(recordJsonBytes(one)).toBe(Buffer.byteLength(JSON.stringify(toLambdaRecord(one))));
    }),
  );
});

test('the counted size of an event is that of its JSON', () => {
  const source = { eventSource: 'aws:kafka', eventSourceArn: 'arn:x', brokers: ['a:1', 'b:2'] } as const;
  fc.assert(
    fc.property(topic, fc.nat(99), fc.array(record, { minLength: 1, maxLength: 5 }), (name, partition, some) => {
      const records = some.map((one) => ({ ...one, topic: name, partition }));
      const counted =
        emptyEventBytes(source, name, partition) + records.reduce((sum, one) => sum + recordJsonBytes(one) + 1, -1);
      expect(counted).toBe(Buffer.byteLength(JSON.stringify(toLambdaEvent(source, records))));
    }),
  );
});

test('key and value can be read back, and so can the headers', () => {
  fc.assert(
    fc.property(record, (one) => {
      const written = toLambdaRecord(one);
      const read = (text: string | undefined) => (text === undefined ? null : Buffer.from(text, 'base64'));
      expect(read(written.key)).toEqual(one.key);
      expect(read(written.value)).toEqual(one.value);
      const headers = written.headers.map((header) =>
        Object.entries(header).map(([name, signed]) => [name, Buffer.from(signed)]),
      );
      expect(headers).toEqual(one.headers.map(([name, value]) => [[name, value ?? Buffer.alloc(0)]]));
    }),
  );
});
