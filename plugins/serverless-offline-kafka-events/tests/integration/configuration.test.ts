import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on } = integrationSuite();
function consume(parts: object) {
  return { consume: { handler: 'handler.echo', events: on('orders', parts) } };
}

test.concurrent.each([[['package']], [['offline', 'start']]])(
  'sls %j rejects what AWS rejects, and names the property',
  async (command) => {
    const project = aProject({ command, functions: consume({ maximumRetryAttempts: 3 }) });
    await project.start();
    expect(await project.exitCode()).toBe(1);
    expect(project.log).toContain('functions.consume.events.kafka.maximumRetryAttempts: needs provisionedPollerConfig');
  },
);

test.concurrent('the framework’s validation accepts the properties and rejects wrong values', async () => {
  const project = aProject({
    command: ['package'],
    functions: consume({ maximumRetryAttempts: 'many', provisionedPollerConfig: { minimumPollers: 1 } }),
  });
  await project.start();
  expect(await project.exitCode()).toBe(1);
  expect(project.log).toMatch(/maximumRetryAttempts.*must be integer/);
});

test.concurrent('CloudFormation references reach the template', async () => {
  const arn = 'arn:aws:kafka:eu-west-1:111111111111:cluster/managed/a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1-1';
  const destination = { 'Fn::GetAtt': ['Failed', 'Arn'] };
  const schemaRegistryURI = { 'Fn::GetAtt': ['Registry', 'Arn'] };
  const msk = {
    arn,
    topic: 'orders',
    onFailureDestination: destination,
    provisionedPollerConfig: { minimumPollers: 1 },
    schemaRegistryConfig: {
      schemaRegistryURI,
      eventRecordFormat: 'JSON',
      schemaValidationConfigs: [{ attribute: 'VALUE' }],
    },
  };
  const project = aProject({
    command: ['package'],
    functions: { echo: { handler: 'handler.echo', events: [{ msk }] } },
  });
  await project.start();
  expect(await project.exitCode(), project.log).toBe(0);
  const { Resources } = JSON.parse(project.read('.serverless/cloudformation-template-update-stack.json'));
  const mapping = Object.values<{ Type: string; Properties: object }>(Resources).find(
    ({ Type }) => Type === 'AWS::Lambda::EventSourceMapping',
  );
  expect(mapping?.Properties).toMatchObject({
    DestinationConfig: { OnFailure: { Destination: destination } },
    AmazonManagedKafkaEventSourceConfig: { SchemaRegistryConfig: { SchemaRegistryURI: schemaRegistryURI } },
  });
});

describe.concurrent('what could be wrong is warned about at the start:', () => {
  const topic = randomName('configuration');
  const destination = 'arn:aws:sqs:eu-west-1:111111111111:failed';
  const project = aProject({
    plugins: ['serverless-offline', 'serverless-offline-kafka-events'],
    functions: { echo: { handler: 'handler.echo', events: on(topic, { onFailureDestination: destination }) } },
  });

  beforeAll(async () => {
    await kafka.createTopic(topic);
    await project.start();
    await project.untilJoined(1);
  });

  test('a plugin that is listed after serverless-offline is warned about, and still works', async () => {
    await kafka.produceValues(topic, ['1']);
    await project.waitFor('the record', () => project.values('echo').length === 1);
    const warnings = project.lines(
      'serverless-offline-kafka-events is listed after serverless-offline; list it before it',
    );
    expect(warnings).toHaveLength(1);
  });

  test('a destination that is an ARN and has no stand-in is warned about at the start', () => {
    const warning =
      'records for this destination are not delivered locally; custom.kafkaEvents.onFailureTopic can stand in for it';
    expect(project.lines(warning)).toMatchObject([{ level: 'warn', topic, destination }]);
  });
});
