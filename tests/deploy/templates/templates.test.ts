import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { STAGES, type StageName } from '#tests/deploy/stages.ts';
import { lintTemplates } from '#tests/deploy/tools/cfn-lint.ts';
import { mappingProblems } from './mapping-rules.ts';
import { ofType, type Resources, resourcesOf, templatesIn } from './template.ts';

const packages = inject('packages');
const names = Object.keys(STAGES) as StageName[];
function folderOf(name: StageName): string {
  return packages[name] ?? '';
}
function compiled(name: StageName): Resources {
  return resourcesOf(templatesIn(folderOf(name))[1] ?? '');
}

function statementsOf(role: Readonly<Record<string, unknown>> | undefined): unknown[] {
  return JSON.parse(JSON.stringify(role?.['Policies'] ?? [])).flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );
}

describe('every stage', () => {
  it('has templates without errors or warnings of cfn-lint', async () => {
    const [create = ''] = templatesIn(folderOf('prod'));
    const updates = names.flatMap((name) => templatesIn(folderOf(name)).slice(1));
    // Every stage creates its stack with the same template, which has only the bucket.
    const findings = await lintTemplates([create, ...updates], 'eu-central-1');

    expect(findings.filter(({ Level }) => Level !== 'Informational')).toEqual([]);
    // cfn-lint needs six seconds of processor time per template.
  }, 360_000);

  it.each(names)('%s: has mappings that AWS accepts', (name) => {
    const resources = compiled(name);

    expect(ofType(resources, 'AWS::Lambda::EventSourceMapping').size).toBe(4);
    expect(mappingProblems(resources)).toEqual([]);
  });

  it.each(names)('%s: has no secret in its templates, nor in the state file of osls', (name) => {
    for (const file of [...templatesIn(folderOf(name)), `${folderOf(name)}/serverless-state.json`]) {
      expect(readFileSync(file, 'utf8')).not.toMatch(/mysql:\/\/|rediss?:\/\/\S*@|smtps?:\/\/\S*:|tester:|"password"/);
    }
  });
});

describe('a deployed stage', () => {
  it.each(['dev', 'prod'] as const)('%s: gives every function a role, log retention, and the runtime', (name) => {
    const resources = compiled(name);
    const functions = ofType(resources, 'AWS::Lambda::Function');
    const roles = new Set([...functions.values()].map(({ Role }) => JSON.stringify(Role)));

    expect(roles.size).toBe(functions.size);
    for (const { Runtime } of functions.values()) expect(Runtime).toBe('nodejs24.x');
    const logs = [...ofType(resources, 'AWS::Logs::LogGroup').values()];
    // One more for the API's access log.
    expect(logs).toHaveLength(functions.size + 1);
    for (const { RetentionInDays } of logs) expect(RetentionInDays).toBe(name === 'dev' ? 7 : 30);
  });

  it.each([
    ['dev', 'dev-', 'dev:'],
    ['prod', '', ''],
  ] as const)('%s: prefixes topics and groups with "%s" and keys with "%s"', (name, names, keys) => {
    const resources = compiled(name);
    const mappings = [...ofType(resources, 'AWS::Lambda::EventSourceMapping').values()];
    const functions = [...ofType(resources, 'AWS::Lambda::Function').values()];

    expect(mappings.map(({ Topics }) => String(Topics)).sort()).toEqual(
      ['user.email.send', 'user.email.send.dlq', 'user.email.sent', 'user.email.sent.dlq'].map(
        (topic) => names + topic,
      ),
    );
    expect(mappings.map(({ SelfManagedKafkaEventSourceConfig }) => SelfManagedKafkaEventSourceConfig)).toEqual(
      expect.arrayContaining([{ ConsumerGroupId: `${names}notification-service` }]),
    );
    for (const { Environment } of functions)
      expect(Environment).toMatchObject({ Variables: { TOPIC_PREFIX: names, CACHE_PREFIX: keys } });
  });

  it('gives a function only the settings that it uses', () => {
    const functions = ofType(compiled('prod'), 'AWS::Lambda::Function');
    const settings = (id: string): string[] =>
      Object.entries(JSON.parse(JSON.stringify(functions.get(`${id}LambdaFunction`)?.['Environment'] ?? {})).Variables)
        .filter(([, value]) => String(value).startsWith('ssm:'))
        .map(([variable]) => variable)
        .sort();

    expect(settings('Live')).toEqual([]);
    expect(settings('Authorizer')).toEqual(['OPERATOR_TOKEN']);
    expect(settings('UpdateUser')).toEqual(['REDIS_URL', 'USERS_DATABASE_URL']);
    expect(settings('SendWelcomeEmail')).toEqual(['NOTIFICATIONS_DATABASE_URL', 'SMTP_URL']);
  });

  it('allows a role only to read what its function is granted and to write its own log', () => {
    const resources = compiled('prod');
    const own = (id: string) => statementsOf(ofType(resources, 'AWS::IAM::Role').get(`${id}Role`));
    const sub = (rest: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
    const here = `\${AWS::Region}:\${AWS::AccountId}`;
    const log = (name: string) => ({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: sub(`logs:${here}:log-group:/aws/lambda/registration-prod-${name}:*`),
    });

    expect(own('Live')).toEqual([log('live')]);
    expect(own('Authorizer')).toEqual([
      log('authorizer'),
      {
        Effect: 'Allow',
        Action: ['ssm:GetParameters'],
        Resource: sub(`ssm:${here}:parameter/registration/prod/operator-token`),
      },
    ]);
    const wild = [...ofType(resources, 'AWS::IAM::Role').values()]
      .flatMap(statementsOf)
      .filter((statement) => JSON.stringify(statement).includes('"Resource":"*"'));
    for (const statement of wild)
      expect(JSON.stringify(statement)).toMatch(/^\{"Effect":"(Allow|Deny)","Action":\["ec2:/);
  });

  it('lets only the function that prepares the stage change tables', () => {
    const roles = [...ofType(compiled('prod'), 'AWS::IAM::Role').entries()];
    const able = roles.filter(([, role]) => JSON.stringify(statementsOf(role)).includes('-migration-url'));
    const own = JSON.stringify(statementsOf(ofType(compiled('prod'), 'AWS::IAM::Role').get('PrepareStageRole')));

    expect(able.map(([id]) => id)).toEqual(['PrepareStageRole']);
    expect(own).not.toContain('-database-url');
  });

  it('knows whether it serves the diagnostics, and how long it keeps events', () => {
    const functions = ofType(compiled('prod'), 'AWS::Lambda::Function');
    const variables = (id: string) => functions.get(`${id}LambdaFunction`)?.['Environment'];

    for (const id of ['Openapi', 'NotFound'])
      expect(variables(id)).toMatchObject({ Variables: { DIAGNOSTICS: 'false' } });
    expect(variables('RelayOutbox')).toMatchObject({ Variables: { EVENT_KEEP_DAYS: '30' } });
  });

  it('puts the authorizer before the routes of operators, in both forms of the path, and before no other', () => {
    const routes = [...ofType(compiled('prod'), 'AWS::ApiGatewayV2::Route').values()];
    const guarded = routes.filter(({ AuthorizationType }) => AuthorizationType === 'CUSTOM');

    expect(guarded.map(({ RouteKey }) => String(RouteKey).replace(/\/$/, '')).sort()).toEqual(
      [
        'DELETE /api/users/{id}',
        'GET /api/consumers',
        'GET /api/dead-letters',
        'GET /api/deliveries',
        'GET /api/deliveries/{uuid}',
        'GET /api/events',
        'GET /api/events/{uuid}',
        'GET /api/pipeline',
        'GET /api/users',
        'GET /api/users/{id}',
        'POST /api/events/{uuid}/retry',
      ].flatMap((route) => [route, route]),
    );
    expect(ofType(compiled('local'), 'AWS::ApiGatewayV2::Route').size).toBe(routes.length);
    expect([...ofType(compiled('prod'), 'AWS::ApiGatewayV2::Authorizer').values()]).toEqual([
      expect.objectContaining({
        AuthorizerType: 'REQUEST',
        EnableSimpleResponses: true,
        AuthorizerPayloadFormatVersion: '2.0',
        IdentitySource: ['$request.header.Authorization'],
      }),
    ]);
  });

  it('leaves every route open in the local stage', () => {
    const routes = [...ofType(compiled('local'), 'AWS::ApiGatewayV2::Route').values()];

    expect(routes.filter(({ AuthorizationType }) => AuthorizationType !== undefined)).toEqual([]);
  });

  it('has alarms, and a dashboard that shows them and every function', () => {
    const alarms = ofType(compiled('prod'), 'AWS::CloudWatch::Alarm');

    expect([...alarms.keys()].sort()).toEqual([
      'ApiErrorsAlarm',
      'ApiLatencyAlarm',
      'ApiRefusalsAlarm',
      'BlockedMailsAlarm',
      'ConfirmEmailSentErrorsAlarm',
      'ConfirmEmailSentLagAlarm',
      'CredentialGuessesAlarm',
      'DatabaseConnectionsAlarm',
      'DeadLettersAlarm',
      'DeliverDueErrorsAlarm',
      'RecordDeadLetterErrorsAlarm',
      'RecordDeadLetterLagAlarm',
      'RefusedMailsAlarm',
      'RelayOutboxErrorsAlarm',
      'SendWelcomeEmailErrorsAlarm',
      'SendWelcomeEmailLagAlarm',
      'StoppedConsumerAlarm',
      'ThrottledMailsAlarm',
      'UnconfirmedEventsAlarm',
      'UnpublishedEventsAlarm',
      'UnsentMailsAlarm',
    ]);
    for (const { AlarmActions } of alarms.values()) expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
    const [dashboard] = ofType(compiled('prod'), 'AWS::CloudWatch::Dashboard').values();
    const body = JSON.parse(JSON.stringify(dashboard))['DashboardBody']['Fn::Sub'];
    expect(() => JSON.parse(body)).not.toThrow();
    for (const id of alarms.keys()) expect(body).toContain(`\${${id}.Arn}`);
    for (const { FunctionName } of ofType(compiled('prod'), 'AWS::Lambda::Function').values())
      expect(body).toContain(`"${FunctionName}"`);
  });

  it('derives the windows of its alarms from its schedule, and watches its probe', () => {
    const alarms = ofType(compiled('prod-with-secured-brokers'), 'AWS::CloudWatch::Alarm');

    expect(alarms.get('UnpublishedEventsAlarm')).toMatchObject({ Period: 300, EvaluationPeriods: 2 });
    expect(alarms.get('ProbeAlarm')).toMatchObject({ MetricName: 'ProbeSeconds', TreatMissingData: 'breaching' });
    const rules = [...ofType(compiled('prod-with-secured-brokers'), 'AWS::Events::Rule').values()];
    expect(rules.map(({ ScheduleExpression, State }) => [ScheduleExpression, State])).toEqual(
      Array(3).fill(['rate(5 minutes)', 'ENABLED']),
    );
    expect(ofType(compiled('prod'), 'AWS::Events::Rule').size).toBe(2);
  });
});

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
      AlarmConfiguration: { Alarms: [{ Name: { Ref: 'ApiErrorsAlarm' } }, { Name: { Ref: 'ApiLatencyAlarm' } }] },
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
});
