import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingForms, otherForm } from '#local/package/both-slashes.mjs';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Definition {
  readonly handler: string;
  readonly timeout?: number;
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** What a self-managed mapping can have only with provisioned pollers: ours have none. */
const PROVISIONED_ONLY = [
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'FunctionResponseTypes',
  'ProvisionedPollerConfig',
  'DestinationConfig',
];

const folder = mkdtempSync(path.join(os.tmpdir(), 'package-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runPackage = async (): Promise<Readonly<Record<string, Resource>>> => {
  const script = path.resolve('node_modules/serverless/bin/serverless.js');
  const { TOPIC_PREFIX: _topics, GROUP_PREFIX: _groups, CONFIRM_GROUP: _confirm, ...inherited } = process.env;
  const env = { ...inherited, KAFKA_BROKERS: 'b-1.example.com:9092', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  await promisify(execFile)(process.execPath, [script, 'package', '--stage', 'prod', '--package', folder], { env });
  return JSON.parse(readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8')).Resources;
};

const resources = await runPackage();
const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;

const ofType = (type: string): Array<Resource['Properties']> =>
  Object.values(resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

const functionOf = (value: unknown): string => /"([A-Z]\w+?)LambdaFunction"/.exec(JSON.stringify(value))?.[1] ?? '';
const logicalName = (key: string): string => `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;

describe('the packaged template', () => {
  it('has one function per entry of serverless.yml, with its handler and timeout', () => {
    const packaged = ofType('AWS::Lambda::Function');

    expect(packaged.map(({ FunctionName, Handler, Timeout }) => ({ FunctionName, Handler, Timeout }))).toEqual(
      Object.entries(functions).map(([key, { handler, timeout = 10 }]) => ({
        FunctionName: `registration-prod-${key}`,
        Handler: handler,
        Timeout: timeout,
      })),
    );
    for (const { Runtime, Architectures } of packaged) {
      expect({ Runtime, Architectures }).toEqual({ Runtime: 'nodejs22.x', Architectures: ['arm64'] });
    }
  });

  it.each([
    ['SendWelcomeEmail', 'user.email.send', 'email-service-listener-group'],
    ['ConfirmEmailSent', 'user.email.sent', 'notification-service'],
    ['RecordDeadLetter', 'user.email.send.dlq', 'dead-letter-recorder'],
    ['RecordDeadLetter', 'user.email.sent.dlq', 'dead-letter-recorder-sent'],
  ])('maps %s to the topic %s', (name, topic, group) => {
    const mapping = ofType('AWS::Lambda::EventSourceMapping').find(({ Topics }) => String(Topics) === topic);

    expect(functionOf(mapping?.['FunctionName'])).toBe(name);
    expect(mapping).toMatchObject({
      Topics: [topic],
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['b-1.example.com:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
    });
    for (const property of PROVISIONED_ONLY) expect(mapping).not.toHaveProperty(property);
  });

  it('has no other mapping', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping')).toHaveLength(4);
  });

  it('starts deliverDue and relayOutbox every minute', () => {
    const rules = ofType('AWS::Events::Rule').map(({ ScheduleExpression, State, Targets }) => [
      functionOf(Targets),
      ScheduleExpression,
      State,
    ]);

    expect(rules).toEqual([
      ['DeliverDue', 'rate(1 minute)', 'ENABLED'],
      ['RelayOutbox', 'rate(1 minute)', 'ENABLED'],
    ]);
  });

  it('has every HTTP route with and without a trailing slash, each leading to its function', () => {
    const integrations = new Map(
      Object.entries(resources)
        .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Integration')
        .map(([id, { Properties }]) => [id, functionOf(Properties)]),
    );
    const packaged = ofType('AWS::ApiGatewayV2::Route').map(({ RouteKey, Target }) => {
      const integration = [...integrations.keys()].find((id) => JSON.stringify(Target).includes(`"${id}"`)) ?? '';
      return `${RouteKey} → ${integrations.get(integration)}`;
    });

    const declared = Object.entries(functions).flatMap(([key, { events }]) =>
      events.flatMap(({ httpApi }) => {
        if (typeof httpApi !== 'string') return [];
        const route = httpApi === '*' ? '$default' : httpApi;
        return [route, otherForm(route)].flatMap((form) => (form === undefined ? [] : `${form} → ${logicalName(key)}`));
      }),
    );
    expect(packaged.sort()).toEqual(declared.sort());
  });

  it('lets API Gateway call every function that has a route', () => {
    const allowed = ofType('AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'apigateway.amazonaws.com',
    );
    const routed = Object.keys(functions).filter((key) => functions[key]?.events.some((event) => 'httpApi' in event));

    expect(allowed.map(({ FunctionName }) => functionOf(FunctionName)).sort()).toEqual(routed.map(logicalName).sort());
  });

  it('holds no password', () => {
    expect(JSON.stringify(resources)).not.toMatch(/tester:|password/i);
  });
});

describe('the forms of a route', () => {
  it.each([
    ['GET /api/users', 'GET /api/users/'],
    ['GET /api/users/', 'GET /api/users'],
    ['ANY /a/{id}', 'ANY /a/{id}/'],
    ['GET /', undefined],
    ['$default', undefined],
    ['*', undefined],
  ])('of %s: %s', (route, other) => {
    expect(otherForm(route)).toBe(other);
  });

  it('are added only where they are missing, and lead to the same target', () => {
    const route = (RouteKey: string) => ({
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { RouteKey, Target: 't' },
      DependsOn: 'x',
    });
    const resources = { A: route('GET /a'), B: route('GET /b'), C: route('GET /b/'), D: { Type: 'AWS::S3::Bucket' } };

    expect(missingForms(resources)).toEqual({ AOtherSlash: route('GET /a/') });
  });
});
