import { describe, expect, it } from 'vitest';
import type { StageName } from '#tests/deploy/stages.ts';
import { compiled, ofType, statementsOf } from './template.ts';

describe('a release', () => {
  const resources = compiled('prod');
  const aliases = ofType(resources, 'AWS::Lambda::Alias');

  it('points API, mappings and schedules to the alias of each function', () => {
    const callers = [
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Authorizer',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Permission',
      'AWS::Events::Rule',
    ];

    expect(aliases.size).toBe(ofType(resources, 'AWS::Lambda::Function').size);
    for (const type of callers) {
      const found = [...ofType(resources, type).values()];
      expect(found.length).toBeGreaterThan(0);
      for (const each of found) expect(JSON.stringify(each)).toMatch(/:live\b|"live"|FunctionAlias"/);
    }
  });

  it('of an HTTP function shifts gradually and returns when an alarm fires; dev has no CodeDeploy', () => {
    const gradual = Object.entries(resources).filter(([, resource]) => 'UpdatePolicy' in resource);
    const groups = ofType(resources, 'AWS::CodeDeploy::DeploymentGroup');

    expect(gradual.map(([id]) => id)).toContain('CreateUserLambdaFunctionAlias');
    expect(gradual.map(([id]) => id)).not.toContain('SendWelcomeEmailLambdaFunctionAlias');
    expect(groups.size).toBe(gradual.length);
    expect(groups.get('CreateUserLambdaFunctionRelease')).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
      AlarmConfiguration: { Alarms: [{ Name: { Ref: 'ReleaseErrorsAlarm' } }, { Name: { Ref: 'ApiLatencyAlarm' } }] },
    });
    expect(ofType(compiled('dev'), 'AWS::CodeDeploy::DeploymentGroup').size).toBe(0);
    expect(ofType(compiled('dev'), 'AWS::Lambda::Alias').size).toBe(aliases.size);
  });
});

describe('a stage with a domain and a proxy', () => {
  const resources = compiled('prod-with-secured-brokers');
  const functions = ofType(resources, 'AWS::Lambda::Function');

  it('is reached by its own name only', () => {
    expect(resources['HttpApi']).toMatchObject({ Properties: { DisableExecuteApiEndpoint: true } });
    expect(resources['ApiMapping']).toMatchObject({ Properties: { DomainName: { Ref: 'ApiDomain' } } });
    expect(functions.get('ProbeLambdaFunction')).toMatchObject({
      Environment: { Variables: { USERS_BASE_URL: 'https://api.example.com' } },
    });
    expect(compiled('prod')['HttpApi']).not.toMatchObject({ Properties: { DisableExecuteApiEndpoint: true } });
    expect(compiled('prod')['ApiDomain']).toBeUndefined();
  });

  it('tells its functions the secret of the proxy, and traces them', () => {
    for (const each of functions.values())
      expect(each).toMatchObject({
        Environment: { Variables: { ORIGIN_SECRET: `sha256:${'0'.repeat(64)}` } },
        TracingConfig: { Mode: 'Active' },
      });
    expect(JSON.stringify(statementsOf(ofType(resources, 'AWS::IAM::Role').get('LiveRole')))).toContain('xray:Put');
    expect(JSON.stringify(compiled('prod'))).not.toMatch(/TracingConfig|xray/);
  });
});

describe('the number of partitions', () => {
  it.each([
    ['prod', 12],
    ['prod-with-msk', 24],
  ] as const)('%s: reserves concurrency for the consumers (%i), and reaches prepareStage', (name, partitions) => {
    const functions = ofType(compiled(name), 'AWS::Lambda::Function');

    for (const id of ['SendWelcomeEmail', 'ConfirmEmailSent'])
      expect(functions.get(`${id}LambdaFunction`)).toMatchObject({ ReservedConcurrentExecutions: partitions });
    expect(functions.get('PrepareStageLambdaFunction')).toMatchObject({
      Environment: { Variables: { KAFKA_PARTITIONS: String(partitions) } },
    });
  });

  it.each([
    ['prod', 12],
    ['prod-with-msk', 24],
  ] as const)(
    '%s: a consumer may be throttled only if it reserves less than its mappings invoke',
    (name, partitions) => {
      const resources = compiled(name);
      const functions = ofType(resources, 'AWS::Lambda::Function');
      const alarms = ofType(resources, 'AWS::CloudWatch::Alarm');
      const mappings = [...ofType(resources, 'AWS::Lambda::EventSourceMapping').values()].map((each) =>
        JSON.stringify(each),
      );

      for (const id of ['SendWelcomeEmail', 'ConfirmEmailSent', 'RecordDeadLetter']) {
        const invoking = mappings.filter((each) => each.includes(`${id}LambdaFunction`)).length;
        const reserved = Number(functions.get(`${id}LambdaFunction`)?.['ReservedConcurrentExecutions']);
        const watched = JSON.stringify(alarms.get(`${id}ErrorsAlarm`));

        expect(invoking).toBe(id === 'RecordDeadLetter' ? 2 : 1);
        expect(watched.includes('"Throttles"')).toBe(reserved >= invoking * partitions);
      }
    },
  );

  it('of pollers is provisioned only if parameters say so', () => {
    const pollers = (name: StageName) =>
      [...ofType(compiled(name), 'AWS::Lambda::EventSourceMapping').values()].map(
        ({ ProvisionedPollerConfig }) => ProvisionedPollerConfig,
      );

    expect(pollers('prod')).toEqual(Array(4).fill(undefined));
    expect(pollers('prod-with-msk')).toEqual(Array(4).fill({ MinimumPollers: 1, MaximumPollers: 3 }));
  });
});

describe('brokers that require authentication', () => {
  it('are reached with secrets that pollers and functions may read', () => {
    const resources = compiled('prod-with-secured-brokers');
    const mappings = [...ofType(resources, 'AWS::Lambda::EventSourceMapping').values()];
    const mapping = mappings.find(({ Topics }) => String(Topics) === 'user.email.sent');
    const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:registration/prod/kafka';

    expect(mapping).toMatchObject({
      SelfManagedEventSource: {
        Endpoints: { KafkaBootstrapServers: ['b-1.example.com:9096', 'b-2.example.com:9096'] },
      },
      SourceAccessConfigurations: [
        { Type: 'VPC_SUBNET', URI: 'subnet:subnet-00000000' },
        { Type: 'VPC_SECURITY_GROUP', URI: 'security_group:sg-00000000' },
        { Type: 'SASL_SCRAM_512_AUTH', URI: `${secret}-AbCdEf` },
        { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: `${secret}-ca-AbCdEf` },
      ],
    });
    const statements = JSON.stringify(statementsOf(ofType(resources, 'AWS::IAM::Role').get('ConfirmEmailSentRole')));
    expect(statements).toContain(`"Resource":"${secret}-AbCdEf"`);
    expect(statements).toContain(`"Resource":"${secret}-ca-AbCdEf"`);
    expect(statements).toContain('"kms:Decrypt"');
    expect(statements).toContain('secret:registration/prod/kafka-??????');
  });

  it('know each context by a login of its own, which the other context cannot read', () => {
    const resources = compiled('prod-with-secured-brokers');
    const readBy = (id: string) => JSON.stringify(statementsOf(ofType(resources, 'AWS::IAM::Role').get(`${id}Role`)));
    const mappings = JSON.stringify([...ofType(resources, 'AWS::Lambda::EventSourceMapping').values()]);

    expect(mappings.match(/secret:registration\/prod\/kafka-notifications-AbCdEf/g)).toHaveLength(1);
    expect(mappings.match(/secret:registration\/prod\/kafka-AbCdEf/g)).toHaveLength(3);
    for (const id of ['SendWelcomeEmail', 'DeliverDue']) {
      expect(readBy(id)).toContain('kafka-notifications-');
      expect(readBy(id)).not.toMatch(/prod\/kafka-(\?|AbCdEf)/);
    }
    for (const id of [
      'CreateUser',
      'RelayOutbox',
      'ConfirmEmailSent',
      'RetryEvent',
      'RecordDeadLetter',
      'PrepareStage',
    ])
      expect(readBy(id)).not.toContain('kafka-notifications');
  });

  it('of an MSK cluster are named by its ARN', () => {
    const resources = compiled('prod-with-msk');
    const [mapping] = ofType(resources, 'AWS::Lambda::EventSourceMapping').values();
    const cluster =
      'arn:aws:kafka:eu-central-1:123456789012:cluster/registration/11111111-2222-3333-4444-555555555555-1';

    expect(mapping).toMatchObject({
      EventSourceArn: cluster,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'email-service-listener-group' },
      SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: expect.stringContaining(':secret:AmazonMSK_') }],
    });
    expect(mapping).not.toHaveProperty('SelfManagedEventSource');
    const statements = statementsOf(ofType(resources, 'AWS::IAM::Role').get('ConfirmEmailSentRole'));
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
      Resource: cluster,
    });
  });

  it('of an MSK cluster may require client certificates', () => {
    const resources = compiled('prod-with-msk-certificate');
    const mappings = [...ofType(resources, 'AWS::Lambda::EventSourceMapping').values()];
    const URI = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_certificate-AbCdEf';

    expect(mappings.map(({ SourceAccessConfigurations }) => SourceAccessConfigurations)).toEqual(
      Array(4).fill([{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI }]),
    );
  });

  it('of MSK Serverless are used with the roles of the functions', () => {
    const resources = compiled('prod-with-msk-iam');
    const arn = (kind: string, name = '') =>
      `arn:aws:kafka:eu-central-1:123456789012:${kind}/registration/11111111-2222-3333-4444-555555555555-s1${name}`;
    const may = (actions: string[], Resource: string) => ({
      Effect: 'Allow',
      Action: actions.map((action) => `kafka-cluster:${action}`),
      Resource,
    });
    const onKafka = (id: string) =>
      statementsOf(ofType(resources, 'AWS::IAM::Role').get(`${id}Role`)).filter((statement) =>
        JSON.stringify(statement).includes('kafka-cluster:'),
      );
    const connect = may(['Connect', 'DescribeClusterDynamicConfiguration'], arn('cluster'));
    const topics = arn('topic', '/user.email.*');

    for (const mapping of ofType(resources, 'AWS::Lambda::EventSourceMapping').values())
      expect(mapping).not.toHaveProperty('SourceAccessConfigurations');
    expect(onKafka('RecordDeadLetter')).toEqual([
      connect,
      may(['DescribeTopic', 'ReadData'], topics),
      may(['DescribeGroup', 'AlterGroup'], arn('group', '/dead-letter-recorder')),
      may(['DescribeGroup', 'AlterGroup'], arn('group', '/dead-letter-recorder-sent')),
    ]);
    expect(onKafka('CreateUser')).toEqual([connect, may(['DescribeTopic', 'WriteData'], topics)]);
    expect(onKafka('PrepareStage')).toEqual([
      connect,
      may(
        [
          ...['DescribeTopic', 'CreateTopic', 'AlterTopic'],
          ...['DescribeTopicDynamicConfiguration', 'AlterTopicDynamicConfiguration'],
        ],
        topics,
      ),
    ]);
    expect(onKafka('GetUser')).toEqual([]);
    expect(ofType(resources, 'AWS::Lambda::Function').get('CreateUserLambdaFunction')).toMatchObject({
      Environment: { Variables: { KAFKA_SASL_MECHANISM: 'iam' } },
    });
  });

  it('of MSK Serverless get no topic setting that it refuses', () => {
    const settings = (name: StageName) =>
      ofType(compiled(name), 'AWS::Lambda::Function').get('PrepareStageLambdaFunction')?.['Environment'];

    expect(settings('prod')).toHaveProperty('Variables.KAFKA_MIN_INSYNC_REPLICAS', '2');
    expect(settings('prod-with-msk-iam')).toHaveProperty('Variables.KAFKA_REPLICATION_FACTOR', '3');
    expect(settings('prod-with-msk-iam')).not.toHaveProperty('Variables.KAFKA_MIN_INSYNC_REPLICAS');
  });
});
