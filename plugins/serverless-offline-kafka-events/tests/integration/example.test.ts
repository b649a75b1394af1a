import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findNodeModules } from '../helpers/node-modules.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/provisioned', import.meta.url));
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_shipping';
const CLUSTER = 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1-1';
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'kafka-events-example-')));
let resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;

beforeAll(async () => {
  cpSync(EXAMPLE, folder, { recursive: true });
  symlinkSync(findNodeModules(), path.join(folder, 'node_modules'));
  // No credentials, no network: packaging needs neither.
  const env = { PATH: process.env.PATH, HOME: folder, SLS_INTERACTIVE_SETUP_ENABLE: '0' };
  await promisify(execFile)(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package'], {
    cwd: folder,
    env,
  });
  const file = path.join(folder, '.serverless/cloudformation-template-update-stack.json');
  resources = JSON.parse(readFileSync(file, 'utf8')).Resources;
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the template of the example project', () => {
  test('has every property of its self-managed mapping', () => {
    const mapping = resources.ShipEventSourceMappingKafkaOrders;
    expect(mapping?.Type).toBe('AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties).toEqual({
      FunctionName: { 'Fn::GetAtt': ['ShipLambdaFunction', 'Arn'] },
      SelfManagedEventSource: {
        Endpoints: { KafkaBootstrapServers: ['broker-1.example.com:9096', 'broker-2.example.com:9096'] },
      },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shipping' },
      SourceAccessConfigurations: [
        { Type: 'VPC_SUBNET', URI: 'subnet:subnet-0a1b2c' },
        { Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-0a1b2c' },
        { Type: 'SASL_SCRAM_512_AUTH', URI: SECRET },
      ],
      Topics: ['orders'],
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 1_767_225_600,
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: true,
      FilterCriteria: {
        Filters: [
          { Pattern: '{"value":{"status":["paid"]}}' },
          { Pattern: '{"value":{"total":[{"numeric":[">",0,"<=",1000]}]}}' },
        ],
      },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 3_600,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: 'kafka://orders-failed' } },
      ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 10 },
    });
  });

  test('has every property of its MSK mapping', () => {
    const mapping = Object.entries(resources).find(([name]) => name.startsWith('ShipEventSourceMappingMSK'))?.[1];
    expect(mapping?.Type).toBe('AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties).toEqual({
      FunctionName: { 'Fn::GetAtt': ['ShipLambdaFunction', 'Arn'] },
      EventSourceArn: CLUSTER,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shipping-returns' },
      SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: SECRET }],
      Topics: ['returns'],
      StartingPosition: 'LATEST',
      BatchSize: 1_000,
      MaximumBatchingWindowInSeconds: 5,
      Enabled: false,
      FilterCriteria: { Filters: [{ Pattern: '{"value":{"reason":[{"exists":true}]}}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: 604_800,
      BisectBatchOnFunctionError: false,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:111111111111:returns-failed' } },
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
    });
  });
});
