import { expect, test } from 'vitest';
import type { ServiceModel } from '../../src/config/service.ts';
import { completeTemplate, mappingProperties } from '../../src/template/complete-template.ts';

test('only what is configured is written', () => {
  expect(mappingProperties({ topic: 't', batchSize: 5 })).toEqual({});
  expect(
    mappingProperties({ maximumBatchingWindow: 0, bisectBatchOnFunctionError: false, maximumRetryAttempts: -1 }),
  ).toEqual({
    MaximumBatchingWindowInSeconds: 0,
    BisectBatchOnFunctionError: false,
    MaximumRetryAttempts: -1,
  });
});

test.each([
  ['an ARN', 'arn:aws:kafka:x:1:cluster/name/id', 'name'],
  ['a reference', { Ref: 'Cluster' }, 'Cluster'],
  ['an import', { 'Fn::ImportValue': 'export' }, 'export'],
])('the resource of an MSK event is found by %s', (_name, arn, token) => {
  const template = { Resources: { [`f-${token}-t`]: { Properties: {} } } };
  const service: ServiceModel = {
    service: 's',
    provider: {},
    getAllFunctions: () => ['f'],
    getFunction: () => ({
      events: [{ msk: { arn, topic: 't', maximumBatchingWindow: 0, onFailureDestination: 'arn:q' } }],
    }),
  };
  completeTemplate(service, template, {
    getKafkaEventLogicalId: () => 'none',
    getMSKEventLogicalId: (functionKey, cluster, topic) => `${functionKey}-${cluster}-${topic}`,
  });
  expect(Object.values(template.Resources)[0]?.Properties).toEqual({
    MaximumBatchingWindowInSeconds: 0,
    DestinationConfig: { OnFailure: { Destination: 'arn:q' } },
  });
});

test('brokers that are joined by commas are written one by one', () => {
  const Endpoints = { KafkaBootstrapServers: ['a:1, b:2', 'c:3'] };
  const template = { Resources: { mapping: { Properties: { SelfManagedEventSource: { Endpoints } } } } };
  const service: ServiceModel = {
    service: 's',
    provider: {},
    getAllFunctions: () => ['f'],
    getFunction: () => ({ events: [{ kafka: { topic: 't' } }] }),
  };
  completeTemplate(service, template, { getKafkaEventLogicalId: () => 'mapping', getMSKEventLogicalId: () => 'none' });
  expect(Endpoints.KafkaBootstrapServers).toEqual(['a:1', 'b:2', 'c:3']);
});
