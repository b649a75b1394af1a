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
  }, 240_000);

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
        Action: ['ssm:GetParameter'],
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

  it('has alarms for dead letters, unpublished events, unsent mails, lag and failures', () => {
    const alarms = ofType(compiled('prod'), 'AWS::CloudWatch::Alarm');

    expect([...alarms.keys()].sort()).toEqual([
      'ApiErrorsAlarm',
      'ConfirmEmailSentErrorsAlarm',
      'ConfirmEmailSentLagAlarm',
      'CredentialGuessesAlarm',
      'DeadLettersAlarm',
      'DeliverDueErrorsAlarm',
      'RecordDeadLetterErrorsAlarm',
      'RecordDeadLetterLagAlarm',
      'RelayOutboxErrorsAlarm',
      'SendWelcomeEmailErrorsAlarm',
      'SendWelcomeEmailLagAlarm',
      'UnpublishedEventsAlarm',
      'UnsentMailsAlarm',
    ]);
    for (const { AlarmActions } of alarms.values()) expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
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
});
