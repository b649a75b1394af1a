import { describe, expect, test } from 'vitest';
import { readBatchResponse } from '../../src/mapping/invocation.ts';
import { records } from '../helpers/records.ts';

function failing(...offsets: unknown[]) {
  return {
    batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } })),
  };
}

describe('a response', () => {
  test.each([undefined, null, {}, { batchItemFailures: [] }, { batchItemFailures: null }, { other: 1 }])(
    '%j is success',
    (answer) => {
      expect(readBatchResponse(answer, records(1, 2, 3))).toEqual({ kind: 'success' });
    },
  );

  test('commits up to the lowest failed offset', () => {
    expect(readBatchResponse(failing(3, 2), records(1, 2, 3))).toEqual({ kind: 'partial', failedOffset: 2 });
  });

  test.each([
    ['a string', 'ok'],
    ['a list', []],
    ['a number', 5],
    ['what has no JSON', { batchItemFailures: 1n }],
    ['failures that are no list', { batchItemFailures: 'x' }],
    ['the shape of SQS', { batchItemFailures: [{ itemIdentifier: 'orders-0' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong key', { batchItemFailures: [{ id: { partition: 'orders-0', offset: 1 } }] }],
    ['a null failure', { batchItemFailures: [null] }],
    ['a string offset', failing('2')],
    ['an offset that was not in the event', failing(2, 99)],
    ['no offset', failing(undefined)],
    ['another partition', { batchItemFailures: [{ itemIdentifier: { partition: 'orders-1', offset: 1 } }] }],
    ['a bare topic', { batchItemFailures: [{ itemIdentifier: { partition: 'orders', offset: 1 } }] }],
    ['a numeric partition', { batchItemFailures: [{ itemIdentifier: { partition: 0, offset: 1 } }] }],
  ])('that is %s fails the whole batch', (_name, answer) => {
    expect(readBatchResponse(answer, records(1, 2, 3)).kind).toBe('malformed');
  });
});
