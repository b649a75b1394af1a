import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import lz4 from 'lz4js';
import snappy from 'snappyjs';
import { describe, expect, test } from 'vitest';
import { decodeRecordBatches } from '../../src/fetch/fetch-answer.ts';
import { aBatch, aMarker } from '../helpers/record-batch.ts';

function decode(
  bytes: Buffer,
  aborted: Parameters<typeof decodeRecordBatches>[3] = [],
  maximumBytes = Number.POSITIVE_INFINITY,
) {
  const { records, endOffset } = decodeRecordBatches('orders', 3, bytes, aborted, maximumBytes);
  return { values: records.map(({ value }) => value?.toString()), records, endOffset };
}
function brokenOff(batch: Buffer): Buffer {
  const cut = batch.subarray(0, batch.length - 3);
  cut.writeInt32BE(cut.length - 12, 8);
  return cut;
}
const values = (...texts: string[]) => texts.map((value) => ({ value }));

test('a record has its offset, time, key, value and headers, in the order in which they were written', () => {
  const headers = [
    ['b', '0'],
    ['1', '1'],
    ['b', null],
    ['constructor', '3'],
  ] as const;
  const bytes = aBatch({ baseOffset: 7, records: [{ key: 'k', value: 'v', headers, timestamp: 5_000 }, {}] });
  expect(decode(bytes).records).toEqual([
    {
      topic: 'orders',
      partition: 3,
      offset: 7,
      timestamp: 5_000,
      timestampType: 'CREATE_TIME',
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      headers: headers.map(([name, value]) => [name, value === null ? null : Buffer.from(value)]),
    },
    expect.objectContaining({ offset: 8, key: null, value: null, headers: [] }),
  ]);
});

test.each([0, 1, -1, 63, -64, 64, 8_191, -8_192, 2 ** 31, -(2 ** 31), 2 ** 40, Number.MAX_SAFE_INTEGER])(
  'the time may be %d',
  (timestamp) => {
    expect(decode(aBatch({ records: [{ timestamp }] })).records[0]?.timestamp).toBe(timestamp);
  },
);

test('the time that the broker gave wins', () => {
  const bytes = aBatch({ records: [{ timestamp: 5 }], isAppendTime: true, maxTimestamp: 9 });
  expect(decode(bytes).records[0]).toMatchObject({ timestamp: 9, timestampType: 'LOG_APPEND_TIME' });
});

test('a batch that is cut off is left for the next fetch', () => {
  const second = aBatch({ baseOffset: 1, records: values('b') });
  const bytes = Buffer.concat([aBatch({ records: values('a') }), second.subarray(0, second.length - 1)]);
  expect(decode(bytes)).toMatchObject({ values: ['a'], endOffset: 1 });
  expect(decode(Buffer.alloc(0))).toMatchObject({ values: [], endOffset: null });
});

test('a batch that compaction has emptied is passed', () => {
  const emptied = aBatch({ baseOffset: 4, lastOffsetDelta: 5 });
  expect(decode(emptied)).toMatchObject({ values: [], endOffset: 10 });
});

test('a record keeps no more than its own bytes', () => {
  const value = randomBytes(20_000).toString('latin1');
  const [record] = decode(aBatch({ records: [{ value }, { value }] })).records;
  expect(record?.value?.buffer.byteLength).toBe(record?.value?.length);
});

describe('a batch that is compressed', () => {
  const records = values(...Array.from({ length: 200 }, (_, index) => `value ${index}`));
  const xerial = (data: Buffer) => {
    const blocks = [data.subarray(0, 500), data.subarray(500)].map((part) => snappy.compress(Buffer.from(part)));
    const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1]);
    const framed = blocks.map((block) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      return Buffer.concat([length, block]);
    });
    return Buffer.concat([header, ...framed]);
  };

  test.each([
    ['gzip', 1, (data: Buffer) => gzipSync(data)],
    ['snappy', 2, (data: Buffer) => snappy.compress(data)],
    ['snappy in xerial’s frames', 2, xerial],
    ['lz4', 3, (data: Buffer) => lz4.compress(data)],
  ])('with %s is read', (_name, codec, compress) => {
    expect(decode(aBatch({ records, codec, compress })).values).toEqual(records.map(({ value }) => value));
  });

  test('with an unknown codec is refused by name', () => {
    expect(() => decode(aBatch({ baseOffset: 12, records, codec: 5 }))).toThrow(
      'the batch at offset 12 cannot be read: compression codec 5 is unknown',
    );
  });

  test('and broken is refused by offset', () => {
    const compress = () => Buffer.from('not snappy at all');
    expect(() => decode(aBatch({ baseOffset: 12, records, codec: 2, compress }))).toThrow('the batch at offset 12');
  });

  test('in the format before Kafka 0.11 is refused by name', () => {
    expect(() => decode(aBatch({ records, magic: 1 }))).toThrow('message format 1');
  });
});

describe('an answer that is more than a partition may hold', () => {
  const hundred = values(...Array.from({ length: 100 }, () => 'a'.repeat(100)));
  const compress = (data: Buffer) => gzipSync(data);
  const batches = [0, 100, 250].map((baseOffset) => aBatch({ baseOffset, records: hundred, codec: 1, compress }));

  test.each([
    { maximumBytes: 1, count: 100, endOffset: 100 },
    { maximumBytes: 14_000, count: 100, endOffset: 100 },
    { maximumBytes: 15_000, count: 200, endOffset: 250 },
    { maximumBytes: 1_000_000, count: 300, endOffset: 350 },
  ])('ends after the batch that passes $maximumBytes bytes of JSON', ({ maximumBytes, count, endOffset }) => {
    const decoded = decode(Buffer.concat(batches), [], maximumBytes);
    expect(decoded.records).toHaveLength(count);
    expect(decoded.endOffset).toBe(endOffset);
  });

  test('is passed where nothing of it is kept', () => {
    const aborted = aBatch({ records: hundred, producerId: 1, isTransactional: true, codec: 1, compress });
    const [, second = Buffer.alloc(0)] = batches;
    const bytes = Buffer.concat([aborted, second]);
    expect(decode(bytes, [{ producerId: 1n, firstOffset: 0 }], 1).endOffset).toBe(200);
  });
});

describe('a batch that cannot be read', () => {
  const good = Buffer.concat([aBatch({ records: values('a', 'b') }), aBatch({ baseOffset: 2, records: values('c') })]);

  test.each([
    ['has an unknown codec', aBatch({ baseOffset: 5, records: values('d'), codec: 5 })],
    ['has an old format', aBatch({ baseOffset: 5, records: values('d'), magic: 1 })],
    // It says that it has two records, and ends in the middle of the second.
    ['breaks off', brokenOff(aBatch({ baseOffset: 5, records: values('d', 'e') }))],
  ])('because it %s ends the answer before itself, and the next fetch names it', (_name, bad) => {
    const last = aBatch({ baseOffset: 7, records: values('f') });
    expect(decode(Buffer.concat([good, bad, last]))).toMatchObject({ values: ['a', 'b', 'c'], endOffset: 5 });
    expect(() => decode(Buffer.concat([bad, last]))).toThrow('the batch at offset 5 cannot be read');
  });
});

describe('transactions', () => {
  const of = (producerId: number, baseOffset: number, ...texts: string[]) =>
    aBatch({ producerId, baseOffset, records: values(...texts), isTransactional: true });

  test('that were aborted are left out, and passed', () => {
    const bytes = Buffer.concat([of(1, 0, 'a', 'b'), aMarker('abort', 2, 1)]);
    expect(decode(bytes, [{ producerId: 1n, firstOffset: 0 }])).toMatchObject({ values: [], endOffset: 3 });
  });

  test('that interleave are told apart', () => {
    const bytes = Buffer.concat([
      of(1, 0, 'aborted 1'),
      of(2, 1, 'aborted 2'),
      of(3, 2, 'kept 3'),
      aMarker('abort', 3, 2),
      of(1, 4, 'aborted 1 again'),
      aMarker('commit', 5, 3),
      of(2, 6, 'kept 2'),
      aMarker('abort', 7, 1),
      of(1, 8, 'kept 1'),
      aMarker('commit', 9, 1),
      aMarker('commit', 10, 2),
    ]);
    const aborted = [
      { producerId: 2n, firstOffset: 1 },
      { producerId: 1n, firstOffset: 0 },
    ];
    expect(decode(bytes, aborted)).toMatchObject({ values: ['kept 3', 'kept 2', 'kept 1'], endOffset: 11 });
  });

  test('do not hide what the same producer wrote outside of them', () => {
    const bytes = Buffer.concat([
      of(1, 0, 'aborted'),
      aBatch({ producerId: 1, baseOffset: 1, records: values('plain') }),
    ]);
    expect(decode(bytes, [{ producerId: 1n, firstOffset: 0 }]).values).toEqual(['plain']);
  });
});
