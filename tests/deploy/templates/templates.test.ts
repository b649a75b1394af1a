import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STAGES, type StageName } from '#tests/deploy/stages.ts';
import { lintTemplates } from '#tests/deploy/tools/cfn-lint.ts';
import { mappingProblems } from './mapping-rules.ts';
import { compiled, folderOf, ofType, statementsOf, templatesIn } from './template.ts';

const names = Object.keys(STAGES) as StageName[];
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

  it.each([
    ['dev', 5, 15],
    ['prod', 200, 400],
  ] as const)('%s: limits the HTTP API to %i requests per second and %i at once', (name, rate, burst) => {
    const [stage] = ofType(compiled(name), 'AWS::ApiGatewayV2::Stage').values();

    expect(stage?.['DefaultRouteSettings']).toMatchObject({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
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
      'ReleaseErrorsAlarm',
      'SendWelcomeEmailErrorsAlarm',
      'SendWelcomeEmailLagAlarm',
      'StoppedConsumerAlarm',
      'ThrottledMailsAlarm',
      'UnconfirmedEventsAlarm',
      'UnpublishedEventsAlarm',
      'UnsentMailsAlarm',
    ]);
    for (const [id, { AlarmActions }] of alarms)
      expect(AlarmActions).toEqual(id === 'ReleaseErrorsAlarm' ? [] : [{ Ref: 'AlarmTopic' }]);
    const [dashboard] = ofType(compiled('prod'), 'AWS::CloudWatch::Dashboard').values();
    const body = JSON.parse(JSON.stringify(dashboard))['DashboardBody']['Fn::Sub'];
    expect(() => JSON.parse(body)).not.toThrow();
    for (const id of alarms.keys()) expect(body).toContain(`\${${id}.Arn}`);
    for (const { FunctionName } of ofType(compiled('prod'), 'AWS::Lambda::Function').values())
      expect(body).toContain(`"${FunctionName}"`);
  });

  it('derives the windows of its alarms from its schedule, and watches its probe', () => {
    const alarms = ofType(compiled('prod-with-secured-brokers'), 'AWS::CloudWatch::Alarm');

    expect(alarms.get('UnpublishedEventsAlarm')).toMatchObject({ Period: 180, EvaluationPeriods: 2 });
    expect(alarms.get('ProbeAlarm')).toMatchObject({ MetricName: 'ProbeSeconds', TreatMissingData: 'breaching' });
    const rules = [...ofType(compiled('prod-with-secured-brokers'), 'AWS::Events::Rule').values()];
    expect(rules.map(({ ScheduleExpression, State }) => `${ScheduleExpression} ${State}`).sort()).toEqual([
      ...Array(2).fill('rate(3 minutes) ENABLED'),
      'rate(5 minutes) ENABLED',
    ]);
    expect(ofType(compiled('prod'), 'AWS::Events::Rule').size).toBe(2);
  });

  it('does not repeat a failed probe, which would register another user', () => {
    const configs = ofType(compiled('prod-with-secured-brokers'), 'AWS::Lambda::EventInvokeConfig');

    expect([...configs.values()]).toEqual([
      expect.objectContaining({
        FunctionName: { Ref: 'ProbeLambdaFunction' },
        Qualifier: 'live',
        MaximumRetryAttempts: 0,
      }),
    ]);
  });
});
