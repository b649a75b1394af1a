import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { decideBatch, RecordQueue } from '../../src/partition/record-queue.ts';
import { aRecord } from '../helpers/records.ts';

const LIMITS = { batchSize: 3, windowMs: 500, maximumRecordsBytes: 1_000 };

function queueOf(...sizes: number[]): RecordQueue {
  const queue = new RecordQueue();
  for (const [offset, jsonBytes] of sizes.entries())
    queue.push({ record: aRecord(offset), jsonBytes, arrivedAtMs: 100 });
  return queue;
}

describe('a batch', () => {
  test.each([
    {
      when: 'there is nothing',
      sizes: [],
      nowMs: 9_999,
      expected: { kind: 'wait', untilMs: Number.POSITIVE_INFINITY },
    },
    { when: 'the window is open', sizes: [10, 10], nowMs: 599, expected: { kind: 'wait', untilMs: 600 } },
    {
      when: 'the window closes',
      sizes: [10, 10],
      nowMs: 600,
      expected: { kind: 'take', count: 2, discard: null },
    },
    {
      when: 'it is full',
      sizes: [10, 10, 10, 10],
      nowMs: 100,
      expected: { kind: 'take', count: 3, discard: null },
    },
    {
      when: 'the next would pass the payload limit',
      sizes: [500, 499, 1],
      nowMs: 600,
      expected: { kind: 'take', count: 2, discard: null },
    },
    {
      when: 'the comma passes the limit',
      sizes: [500, 500],
      nowMs: 600,
      expected: { kind: 'take', count: 1, discard: null },
    },
    {
      when: 'bytes fill it before the window closes',
      sizes: [600, 600],
      nowMs: 100,
      expected: { kind: 'take', count: 1, discard: null },
    },
    {
      when: 'the first record alone is too large',
      sizes: [1_001, 1],
      nowMs: 100,
      expected: { kind: 'take', count: 1, discard: 'MaximumPayloadSizeExceeded' },
    },
    {
      when: 'a later record alone is too large',
      sizes: [10, 1_001],
      nowMs: 100,
      expected: { kind: 'take', count: 1, discard: null },
    },
    {
      when: 'one record fits exactly',
      sizes: [1_000],
      nowMs: 100,
      expected: { kind: 'take', count: 1, discard: null },
    },
  ])('when $when', ({ sizes, nowMs, expected }) => {
    expect(decideBatch(queueOf(...sizes), LIMITS, nowMs)).toEqual(expected);
  });

  test('closes at once with a window of 0', () => {
    expect(decideBatch(queueOf(10), { ...LIMITS, windowMs: 0 }, 100)).toEqual({
      kind: 'take',
      count: 1,
      discard: null,
    });
  });
});

test('a queue returns its records in order and knows its size', () => {
  const queue = new RecordQueue();
  const taken: number[] = [];
  for (let offset = 0; offset < 20_000; offset++) {
    queue.push({ record: aRecord(offset), jsonBytes: 2, arrivedAtMs: 0 });
    if (offset % 3 === 0) taken.push(...queue.take(2).map((item) => item.record.offset));
  }
  expect(queue.bytes).toBe(queue.length * 2);
  taken.push(...queue.take(queue.length).map((item) => item.record.offset));
  expect(taken).toEqual(Array.from({ length: 20_000 }, (_, offset) => offset));
  expect(queue.bytes).toBe(0);
});

test.each([3, 10])('of 10 records a queue holds none of the %i that were taken', async (count) => {
  const queue = new RecordQueue();
  const records = Array.from({ length: 10 }, (_, offset) => {
    const record = aRecord(offset);
    queue.push({ record, jsonBytes: 1, arrivedAtMs: 0 });
    return new WeakRef(record);
  });

  queue.take(count);
  // What was made or looked at in this turn of the event loop lives until its end.
  await new Promise(setImmediate);
  collectGarbage();

  expect(records.filter((record) => record.deref() !== undefined)).toHaveLength(10 - count);
  expect(queue.length).toBe(10 - count);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
