import { expect, test } from 'vitest';
import { toFailureEnvelope } from '../../src/destination/deliver-failed.ts';
import { aMapping, aRecord } from '../helpers/records.ts';

test('a dead letter carries AWS’s envelope around the record', () => {
  const envelope = toFailureEnvelope({
    mapping: aMapping(),
    record: aRecord(5, { key: Buffer.from('k') }),
    condition: 'RetriesExhausted',
    invocations: 3,
    requestId: 'id',
    functionArn: 'arn:function',
    nowMs: 0,
  });

  expect(envelope).toEqual({
    requestContext: {
      requestId: 'id',
      functionArn: 'arn:function',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '1970-01-01T00:00:00.000Z',
    KafkaBatchInfo: {
      batchSize: 1,
      bootstrapServers: '127.0.0.1:9092',
      payloadSize: Buffer.byteLength(JSON.stringify(envelope.payload)),
      recordInfo: { offset: '5', timestamp: '1970-01-01T00:16:40.005Z' },
    },
    payload: {
      eventSource: 'SelfManagedKafka',
      bootstrapServers: '127.0.0.1:9092',
      records: { 'orders-0': [expect.objectContaining({ offset: 5, key: 'aw==' })] },
    },
  });
});

test('a record that never reached the function has no response', () => {
  const envelope = toFailureEnvelope({
    mapping: aMapping({ eventSource: 'aws:kafka', eventSourceArn: 'arn:cluster' }),
    record: aRecord(5),
    condition: 'MaximumPayloadSizeExceeded',
    invocations: 0,
    requestId: 'id',
    functionArn: 'arn:function',
    nowMs: 0,
  });

  expect(envelope.responseContext).toBeNull();
  expect(envelope.KafkaBatchInfo.eventSourceArn).toBe('arn:cluster');
});
