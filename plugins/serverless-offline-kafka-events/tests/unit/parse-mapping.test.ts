import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/config/service.ts';
import { PROVISIONED, parse } from '../helpers/parsed-service.ts';

test('an event gets AWS’s defaults', () => {
  expect(parse({})).toEqual([
    {
      functionKey: 'consume',
      functionName: 'shop-dev-consume',
      timeoutMs: 6_000,
      eventSource: 'SelfManagedKafka',
      cluster: '["b:9092"]',
      brokers: ['b:9092'],
      security: { ssl: false, sasl: null },
      topic: 'orders',
      groupId: 'shop-dev-consume-orders',
      batchSize: 100,
      windowMs: 500,
      enabled: true,
      startingPosition: 'TRIM_HORIZON',
      filter: null,
      isReportingBatchItemFailures: false,
      isBisecting: false,
      maximumRetryAttempts: Number.POSITIVE_INFINITY,
      maximumRecordAgeMs: Number.POSITIVE_INFINITY,
      destination: null,
      maximumInvocations: Number.POSITIVE_INFINITY,
      schemaRegistry: null,
      backoff: { initialMs: 1_000, maximumMs: 30_000 },
      awsOnly: [],
    },
  ]);
});

test.each([
  [{ maximumBatchingWindow: 0 }, { windowMs: 0 }],
  [{ maximumBatchingWindow: 300 }, { windowMs: 300_000 }],
  [{ startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: 17 }, { startingTimestampMs: 17_000 }],
  [{ consumerGroupId: 'mine' }, { groupId: 'mine' }],
  [
    { ...PROVISIONED, maximumRetryAttempts: 0 },
    { maximumRetryAttempts: 0, maximumInvocations: 15 },
  ],
  [{ ...PROVISIONED, maximumRetryAttempts: -1, onFailureDestination: 'kafka://letters' }, { maximumRetryAttempts: 10 }],
  [
    { onFailureDestination: 'arn:aws:sqs:x' },
    { maximumRetryAttempts: 10, destination: { kind: 'arn', arn: 'arn:aws:sqs:x' } },
  ],
  [{ ...PROVISIONED, onFailureDestination: 'kafka://letters' }, { destination: { kind: 'kafka', topic: 'letters' } }],
  [{ ...PROVISIONED, maximumRecordAgeInSeconds: 60 }, { maximumRecordAgeMs: 60_000 }],
  [{ ...PROVISIONED, functionResponseType: 'ReportBatchItemFailures' }, { isReportingBatchItemFailures: true }],
  [
    { provisionedPollers: { min: 1, max: 2, group: 'shared' }, maximumRetryAttempts: 1 },
    { maximumRetryAttempts: 1, maximumInvocations: 10 },
  ],
  [{ consumptionMode: 'Queue', tags: { a: 'b' } }, { awsOnly: ['consumptionMode', 'tags'] }],
  [{ consumptionMode: 'Stream', startingPosition: 'LATEST' }, { awsOnly: [] }],
  [{ maximumRetryAttempts: -1, maximumRecordAgeInSeconds: -1, bisectBatchOnFunctionError: false }, {}],
])('%j', (event, expected) => {
  expect(parse(event)[0]).toMatchObject(expected);
});

test('brokers of custom.kafkaEvents override those of the event, as a list or comma-joined', () => {
  expect(parse({}, { custom: { brokers: 'a:1, b:2' } })[0]?.brokers).toEqual(['a:1', 'b:2']);
  expect(parse({}, { custom: { brokers: ['a:1', 'b:2,c:3'] } })[0]?.brokers).toEqual(['a:1', 'b:2', 'c:3']);
  expect(parse({ bootstrapServers: ['a:1,b:2'] })[0]?.brokers).toEqual(['a:1', 'b:2']);
});

describe('an MSK event', () => {
  test('needs brokers that stand in for the cluster, locally only', () => {
    expect(() => parse({}, { type: 'msk' })).toThrow(/custom\.kafkaEvents\.brokers/);
    expect(parse({}, { type: 'msk', use: 'deploy' })).toHaveLength(1);
    expect(parse({}, { type: 'msk', custom: { brokers: 'a:1' } })[0]).toMatchObject({
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn:aws:kafka:x',
    });
  });

  test('may name its cluster by a reference', () => {
    const [mapping] = parse({ arn: { Ref: 'Cluster' } }, { type: 'msk', custom: { brokers: 'a:1' } });
    expect(mapping?.eventSourceArn).toMatch(/^arn:aws:kafka:eu-west-1:\d+:cluster\/Cluster\//);
  });
});

test.each([
  ['maximumRetryAttempts', { maximumRetryAttempts: 3 }],
  ['maximumRecordAgeInSeconds', { maximumRecordAgeInSeconds: 60 }],
  ['bisectBatchOnFunctionError', { bisectBatchOnFunctionError: true }],
  ['functionResponseType', { functionResponseType: 'ReportBatchItemFailures' }],
  ['onFailureDestination', { onFailureDestination: 'kafka://letters' }],
  ['onFailureDestination', { ...PROVISIONED, onFailureDestination: 'kafka://orders' }],
  ['onFailureDestination', { onFailureDestination: 'letters' }],
  ['onFailureDestination', { onFailureDestination: { arn: 'arn:aws:sqs:x' } }],
  ['onFailureDestination', { onFailureDestination: 5 }],
  ['onFailureDestination', { ...PROVISIONED, onFailureDestination: 'kafka://' }],
  ['maximumRetryAttempts', { ...PROVISIONED, maximumRetryAttempts: 10_001 }],
  ['maximumRecordAgeInSeconds', { ...PROVISIONED, maximumRecordAgeInSeconds: 59 }],
  ['provisionedPollerConfig', { provisionedPollerConfig: { minimumPollers: 3, maximumPollers: 2 } }],
  ['provisionedPollers', { provisionedPollers: { min: 3, max: 2 } }],
  ['provisionedPollers', { ...PROVISIONED, provisionedPollers: { max: 2 } }],
  ['provisionedPollers.max', { provisionedPollers: { max: 2_001 } }],
  ['provisionedPollerConfig.minimumPollers', { provisionedPollerConfig: { minimumPollers: 0 } }],
  ['provisionedPollers.group', { provisionedPollers: { group: 'a b' } }],
  ['startingPositionTimestamp', { startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: 4_102_444_800 }],
  ['startingPosition', { consumptionMode: 'Queue', startingPosition: 'LATEST' }],
  ['metricsConfig', { metricsConfig: { metrics: ['EventCount'] } }],
  ['batchSize', { batchSize: 10_001 }],
  ['batchSize', { batchSize: 0 }],
  ['maximumBatchingWindow', { maximumBatchingWindow: 301 }],
  ['startingPosition', { startingPosition: 'EARLIEST' }],
  ['startingPositionTimestamp', { startingPosition: 'AT_TIMESTAMP' }],
  ['consumerGroupId', { consumerGroupId: 'x'.repeat(201) }],
  ['filterPatterns', { filterPatterns: [{ key: ['x'] }] }],
  ['filterPatterns', { filterPatterns: Array.from({ length: 11 }, () => ({ value: { a: [1] } })) }],
  ['topic', { topic: '' }],
])('a wrong %s is rejected by name', (property, event) => {
  expect(() => parse(event)).toThrow(ConfigurationError);
  expect(() => parse(event)).toThrow(`functions.consume.events.kafka.${property}: `);
});

describe('a stand-in for destinations that is the mapping’s own topic', () => {
  const toQueue = { onFailureDestination: 'arn:aws:sqs:x' };
  const own = { custom: { brokers: 'a:1', onFailureTopic: 'orders' } };

  test.each(['kafka', 'msk'])('is rejected by name where a failed record of a %s event would go there', (type) => {
    expect(() => parse(toQueue, { ...own, type })).toThrow(ConfigurationError);
    expect(() => parse(toQueue, { ...own, type })).toThrow(
      `custom.kafkaEvents.onFailureTopic: orders is the topic that functions.consume.events.${type} reads`,
    );
  });

  test('may be read by a mapping that sends nothing there, and does not affect a deploy', () => {
    expect(parse({}, own)).toHaveLength(1);
    expect(parse(toQueue, { ...own, use: 'deploy' })).toHaveLength(1);
  });
});

test('a timeout over 14 minutes is rejected', () => {
  expect(() => parse({}, { definition: { timeout: 841 } })).toThrow('functions.consume.timeout');
  expect(parse({}, { definition: { timeout: 840 } })).toHaveLength(1);
});
