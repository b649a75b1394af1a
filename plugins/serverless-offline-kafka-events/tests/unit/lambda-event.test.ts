import { expect, test } from 'vitest';
import { toLambdaEvent, toLambdaRecord } from '../../src/record/record.ts';
import { aRecord } from '../helpers/records.ts';

test('a record has AWS’s fields in AWS’s order', () => {
  const record = aRecord(7, {
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [['h', Buffer.from([104, 200])]],
    timestampType: 'LOG_APPEND_TIME',
  });

  expect(JSON.stringify(toLambdaRecord(record))).toBe(
    '{"topic":"orders","partition":0,"offset":7,"timestamp":1000007,"timestampType":"LOG_APPEND_TIME","key":"aw==","value":"dg==","headers":[{"h":[104,-56]}]}',
  );
});

test('a null key or value is absent, an empty one is an empty string', () => {
  expect(toLambdaRecord(aRecord(1, { key: null, value: null }))).not.toHaveProperty('key');
  expect(toLambdaRecord(aRecord(1, { key: null, value: null }))).not.toHaveProperty('value');
  expect(toLambdaRecord(aRecord(1, { key: Buffer.alloc(0), value: Buffer.alloc(0) }))).toMatchObject({
    key: '',
    value: '',
  });
});

test('headers keep their order and their duplicates, whatever they are called', () => {
  const headers = toLambdaRecord(
    aRecord(1, {
      headers: [
        ['b', Buffer.from([1])],
        ['__proto__', Buffer.from([255])],
        ['2', Buffer.from([128])],
        ['b', Buffer.from([127])],
        ['none', null],
      ],
    }),
  ).headers;

  expect(headers.map((header) => Object.entries(header)[0])).toEqual([
    ['b', [1]],
    ['__proto__', [-1]],
    ['2', [-128]],
    ['b', [127]],
    ['none', []],
  ]);
});

test('a self-managed source has no ARN, an MSK source has', () => {
  const records = [aRecord(1), aRecord(2, { partition: 3 })];

  expect(toLambdaEvent({ eventSource: 'SelfManagedKafka', brokers: ['a:1', 'b:2'] }, records)).toEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'a:1,b:2',
    records: {
      'orders-0': [expect.objectContaining({ offset: 1 })],
      'orders-3': [expect.objectContaining({ offset: 2 })],
    },
  });
  expect(toLambdaEvent({ eventSource: 'aws:kafka', eventSourceArn: 'arn:x', brokers: ['a:1'] }, records)).toMatchObject(
    {
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn:x',
    },
  );
});
