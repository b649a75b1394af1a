import { expect, test } from 'vitest';
import type { ServiceModel } from '../../src/config/service.ts';
import { completeTemplate, mappingProperties } from '../../src/template/complete-template.ts';
import { aService, NAMING_OF_SERVERLESS_4 } from '../helpers/parsed-service.ts';

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

test.each([
  { provisionedPollers: { min: 1, max: 5, group: 'shared' } },
  { provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 5, pollerGroupName: 'shared' } },
])('pollers are written from both spellings: %j', (event) => {
  expect(mappingProperties(event)).toEqual({
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 5, PollerGroupName: 'shared' },
  });
});

test('what works on AWS only is passed on', () => {
  expect(
    mappingProperties({
      metricsConfig: { metrics: ['EventCount'] },
      loggingConfig: { systemLogLevel: 'DEBUG' },
      kmsKeyArn: 'arn:aws:kms:x',
      tags: { team: 'shop' },
    }),
  ).toEqual({
    MetricsConfig: { Metrics: ['EventCount'] },
    LoggingConfig: { SystemLogLevel: 'DEBUG' },
    KmsKeyArn: 'arn:aws:kms:x',
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
});

const SHOP = 'arn:aws:glue:eu-west-1:1:registry/shop';
const SHOP_SCHEMAS = 'arn:aws:glue:eu-west-1:1:schema/shop/*';
const ANY_SCHEMAS = { 'Fn::Sub': `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:schema/*` };

test.each([
  ['kafka', 'SelfManagedKafkaEventSourceConfig', SHOP, SHOP_SCHEMAS],
  ['msk', 'AmazonManagedKafkaEventSourceConfig', SHOP, SHOP_SCHEMAS],
  ['msk', 'AmazonManagedKafkaEventSourceConfig', { 'Fn::GetAtt': ['Shop', 'Arn'] }, ANY_SCHEMAS],
])('the schema registry of a %s event is written, and the role may read it', (type, property, registry, schemas) => {
  const schemaRegistryConfig = {
    schemaRegistryURI: registry,
    eventRecordFormat: 'SOURCE',
    accessConfigs: [{ type: 'BASIC_AUTH', uri: 'arn:secret' }],
    schemaValidationConfigs: [{ attribute: 'KEY' }, { attribute: 'VALUE' }],
  };
  const Statement: unknown[] = [];
  const role = { Properties: { Policies: [{ PolicyDocument: { Statement } }] } };
  const mapping: { Properties: Record<string, unknown> } = { Properties: { [property]: { ConsumerGroupId: 'g' } } };
  const service: ServiceModel = {
    service: 's',
    provider: {},
    getAllFunctions: () => ['f'],
    getFunction: () => ({ events: [{ [type]: { topic: 't', arn: 'arn:x', schemaRegistryConfig } }] }),
  };
  const naming = { getKafkaEventLogicalId: () => 'mapping', getMSKEventLogicalId: () => 'mapping' };

  completeTemplate(service, { Resources: { mapping, IamRoleLambdaExecution: role } }, naming);

  expect(mapping.Properties[property]).toEqual({
    ConsumerGroupId: 'g',
    SchemaRegistryConfig: {
      SchemaRegistryURI: registry,
      EventRecordFormat: 'SOURCE',
      AccessConfigs: [{ Type: 'BASIC_AUTH', URI: 'arn:secret' }],
      SchemaValidationConfigs: [{ Attribute: 'KEY' }, { Attribute: 'VALUE' }],
    },
  });
  expect(Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['glue:GetRegistry', 'glue:GetSchemaVersion'],
      Resource: [registry, schemas],
    },
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: ['arn:secret'] },
  ]);
});

test('queue mode is written without the starting position, which it does not have', () => {
  const Properties: Record<string, unknown> = { StartingPosition: 'TRIM_HORIZON' };
  const service: ServiceModel = {
    service: 's',
    provider: {},
    getAllFunctions: () => ['f'],
    getFunction: () => ({ events: [{ kafka: { topic: 't', consumptionMode: 'Queue' } }] }),
  };
  const naming = { getKafkaEventLogicalId: () => 'mapping', getMSKEventLogicalId: () => 'none' };
  completeTemplate(service, { Resources: { mapping: { Properties } } }, naming);
  expect(Properties).toEqual({ SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } });
});

test('two events on one topic are completed by the names that Serverless 4 gives their resources', () => {
  const brokers = { first: ['a:1'], last: ['b:1'] };
  const name = (server?: unknown) => NAMING_OF_SERVERLESS_4.getKafkaEventLogicalId('f', 't', undefined, server);
  const resources = { [name(brokers.first)]: { Properties: {} }, [name()]: { Properties: {} } };
  const events = Object.values(brokers).map((bootstrapServers, maximumBatchingWindow) => ({
    kafka: { topic: 't', bootstrapServers, maximumBatchingWindow },
  }));
  completeTemplate(aService({ f: { events } }), { Resources: resources }, NAMING_OF_SERVERLESS_4);
  expect(resources).toMatchObject({
    [name(brokers.first)]: { Properties: { MaximumBatchingWindowInSeconds: 0 } },
    [name()]: { Properties: { MaximumBatchingWindowInSeconds: 1 } },
  });
});
