import { describe, expect, it } from 'vitest';
import { kafkaProblem } from '#tools/deploy/kafka-source.ts';

const CLUSTER = 'arn:aws:kafka:eu-central-1:123456789012:cluster/registration/11111111-2222-3333-4444-555555555555-1';
const SERVERLESS = CLUSTER.replace(/1$/, 's1');
const LOGIN = { credentials: 'secretsmanager:AmazonMSK_x', credentialsSecretArn: 'arn:aws:secretsmanager:x' };
const MSK_SCRAM = { clusterArn: CLUSTER, brokers: 'b-1.x:9096,b-2.x:9096', ...LOGIN };

const SOURCE = {
  brokers: 'broker:9092',
  clusterArn: '',
  credentials: '',
  credentialsSecretArn: '',
  mechanism: 'scram-sha-512',
  caSecretArn: '',
  minimumPollers: '',
  maximumPollers: '',
  partitions: '12',
  tls: 'auto',
  subnetIds: [],
  securityGroupIds: [],
};

describe('kafkaProblem', () => {
  it.each([
    ['brokers without a login', {}],
    ['SASL/PLAIN', { ...LOGIN, mechanism: 'plain' }],
    ['client certificates', { ...LOGIN, mechanism: 'certificate' }],
    ['MSK without a login', { clusterArn: CLUSTER }],
    ['MSK with SCRAM', MSK_SCRAM],
    ['MSK with client certificates', { ...MSK_SCRAM, brokers: 'b-1.x:9094', mechanism: 'certificate' }],
    ['MSK with IAM', { clusterArn: CLUSTER, brokers: 'b-1.x:9098', mechanism: 'iam' }],
    ['provisioned pollers', { minimumPollers: '1', maximumPollers: '3' }],
    ['provisioned pollers of a fixed number', { minimumPollers: '2' }],
    ['MSK Serverless', { clusterArn: SERVERLESS, brokers: 'boot.x:9098', mechanism: 'iam' }],
  ])('accepts %s', (_, changed) => expect(kafkaProblem({ ...SOURCE, ...changed })).toBeUndefined());

  it.each([
    ['kafkaCredentialsArn', { credentials: LOGIN.credentials }],
    ['kafkaCredentialsArn', { credentialsSecretArn: LOGIN.credentialsSecretArn }],
    ['mskClusterArn', { mechanism: 'iam' }],
    ['leave kafkaCredentials empty', { ...MSK_SCRAM, mechanism: 'iam', brokers: 'b-1.x:9098' }],
    ['needs kafkaCredentials', { mechanism: 'certificate' }],
    ['kafkaTls is off', { ...LOGIN, mechanism: 'certificate', tls: 'off' }],
    ['kafkaTls is off', { clusterArn: CLUSTER, brokers: 'b-1.x:9098', mechanism: 'iam', tls: 'off' }],
    ['MSK Serverless supports only kafkaMechanism=iam', { ...MSK_SCRAM, clusterArn: SERVERLESS }],
    ['MSK does not support kafkaMechanism=plain', { ...MSK_SCRAM, mechanism: 'plain' }],
    ['port 9096 or 9196, but kafkaBrokers has 9096, 9092', { ...MSK_SCRAM, brokers: 'b-1.x:9096,b-2.x:9092' }],
    ['port 9094 or 9194', { ...MSK_SCRAM, mechanism: 'certificate' }],
    ['maximumPollers needs minimumPollers', { maximumPollers: '3' }],
    ["minimumPollers is 'abc'", { minimumPollers: 'abc' }],
    ["minimumPollers is '0'", { minimumPollers: '0', maximumPollers: '3' }],
    ["maximumPollers is '2.5'", { minimumPollers: '1', maximumPollers: '2.5' }],
    ['minimumPollers=5 exceeds maximumPollers=3', { minimumPollers: '5', maximumPollers: '3' }],
    ["kafkaPartitions is 'abc' instead of a whole number from 1 to 1000", { partitions: 'abc' }],
    ["kafkaPartitions is '0'", { partitions: '0' }],
    ["kafkaPartitions is ''", { partitions: '' }],
    ['port 9098 or 9198', { clusterArn: CLUSTER, mechanism: 'iam', brokers: 'b-1.x:9096' }],
  ])('names %s', (problem, changed) => expect(kafkaProblem({ ...SOURCE, ...changed })).toContain(problem));
});
