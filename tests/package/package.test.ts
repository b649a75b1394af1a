import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isIntact } from '#tools/deploy/argon2.ts';
import { missingForms, otherForm } from '#tools/deploy/both-slashes.ts';
import { dropImpliedDependencies } from '#tools/deploy/template.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Definition {
  readonly handler: string;
  readonly timeout?: number;
  readonly operatorOnly?: boolean;
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** Properties that Kafka mappings support only with provisioned pollers, which ours do not use. */
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

async function runPackage(): Promise<Readonly<Record<string, Resource>>> {
  const script = path.resolve('node_modules/serverless/bin/serverless.js');
  const { TOPIC_PREFIX: _topics, GROUP_PREFIX: _groups, CONFIRM_GROUP: _confirm, ...inherited } = process.env;
  const env = { ...inherited, KAFKA_BROKERS: 'b-1.example.com:9092', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  await promisify(execFile)(process.execPath, [script, 'package', '--stage', 'prod', '--package', folder], { env });
  return JSON.parse(readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8')).Resources;
}

const resources = await runPackage();
const declared: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;
const isLeftOut = ({ handler }: Definition) => /^dist\/functions\/(diagnostics\/|system\/probe\.)/.test(handler);
const functions = Object.fromEntries(Object.entries(declared).filter(([, definition]) => !isLeftOut(definition)));

function ofType(type: string): Array<Resource['Properties']> {
  return Object.values(resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

function functionOf(value: unknown): string {
  return /"([A-Z]\w+?)LambdaFunction"/.exec(JSON.stringify(value))?.[1] ?? '';
}
function logicalName(key: string): string {
  return `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;
}

describe('the packaged template', () => {
  it('has neither diagnostics nor a probe unless a parameter asks for them', () => {
    expect(Object.keys(declared).length - Object.keys(functions).length).toBe(5);
    expect(JSON.stringify(resources)).not.toMatch(/\/tests\/|diagnostics\/|probe\.handler/);
  });

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
      expect({ Runtime, Architectures }).toEqual({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
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

  it('gives every function the empty prefixes of prod', () => {
    for (const { Environment } of ofType('AWS::Lambda::Function'))
      expect(Environment).toMatchObject({ Variables: { TOPIC_PREFIX: '', CACHE_PREFIX: '' } });
  });

  it('has no other mapping', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping')).toHaveLength(4);
  });

  it('invokes deliverDue and relayOutbox every minute', () => {
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

    const routes = Object.entries(functions).flatMap(([key, { events }]) =>
      events.flatMap(({ httpApi }) => {
        if (typeof httpApi !== 'string') return [];
        const route = httpApi === '*' ? '$default' : httpApi;
        return [route, otherForm(route)].flatMap((form) => (form === undefined ? [] : `${form} → ${logicalName(key)}`));
      }),
    );
    expect(packaged.sort()).toEqual(routes.sort());
  });

  it('allows API Gateway to invoke the authorizer and every function that has a route', () => {
    const allowed = ofType('AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'apigateway.amazonaws.com',
    );
    const routed = Object.keys(functions).filter((key) => functions[key]?.events.some((event) => 'httpApi' in event));

    expect(allowed.map(({ FunctionName }) => functionOf(FunctionName)).sort()).toEqual(
      ['Authorizer', ...routed.map(logicalName)].sort(),
    );
  });

  it('puts the authorizer before the routes of operators', () => {
    const guarded = ofType('AWS::ApiGatewayV2::Route').filter(
      ({ AuthorizationType }) => AuthorizationType === 'CUSTOM',
    );
    const operators = Object.values(functions).filter(({ operatorOnly }) => operatorOnly === true);

    expect(guarded).toHaveLength(2 * operators.length);
  });

  it('contains no password', () => {
    expect(JSON.stringify(resources)).not.toMatch(/tester:|password/i);
  });
});

describe('the zips', () => {
  const filesOf = (name: string): string[] => {
    const zip = readFileSync(path.join(folder, `${name}.zip`));
    const names: string[] = [];
    // Each entry of the central directory: its signature, 42 more bytes, the name.
    for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) {
      names.push(zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString('utf8'));
    }
    return names.sort();
  };

  it('contain only the bundle and its module type', () => {
    expect(filesOf('getUser')).toEqual(['dist/functions/users/get.js', 'dist/package.json']);
  });

  it.each(['createUser', 'updateUser'])('%s contains argon2 for the target processor only', (name) => {
    const native = filesOf(name).filter((file) => file.startsWith('node_modules/'));

    expect(native).toEqual([
      'node_modules/@node-rs/argon2-linux-arm64-gnu/argon2.linux-arm64-gnu.node',
      'node_modules/@node-rs/argon2-linux-arm64-gnu/package.json',
      'node_modules/@node-rs/argon2/index.js',
      'node_modules/@node-rs/argon2/package.json',
    ]);
  });

  it('of the others contain no native code, and two contain pages', () => {
    const others = Object.keys(functions).filter((name) => name !== 'createUser' && name !== 'updateUser');
    const withMore = others.filter((name) => filesOf(name).length > 2);

    expect(withMore).toEqual(['swaggerUi', 'dashboard']);
    expect(filesOf('dashboard')).toContain('dist/assets/dashboard/main.js');
    for (const [name, own] of [
      ['swaggerUi', 'swagger-ui'],
      ['dashboard', 'dashboard'],
    ] as const) {
      const assets = filesOf(name).filter((file) => file.startsWith('dist/assets/'));
      expect(assets).toContain(`dist/assets/${own}/index.html`);
      expect(assets.filter((file) => !file.startsWith(`dist/assets/${own}/`))).toEqual([]);
    }
  });

  it('have source maps beside them', () => {
    for (const name of Object.keys(functions)) {
      const map = JSON.parse(readFileSync(path.join(folder, `${name}.js.map`), 'utf8'));
      expect(map.sources.some((source: string) => source.endsWith('.ts'))).toBe(true);
    }
  });
});

describe('a native package', () => {
  it.each([
    ['sha512', true],
    ['sha256', true],
  ])('is accepted only with the right %s', (algorithm, expected) => {
    const content = Buffer.from('content');
    const right = `${algorithm}-${createHash(algorithm).update(content).digest('base64')}`;

    expect(isIntact(content, right)).toBe(expected);
    expect(isIntact(Buffer.from('other'), right)).toBe(false);
  });
});

describe('dependencies', () => {
  it('that the properties imply are removed, others stay', () => {
    const resources = {
      A: { Type: 'X', DependsOn: ['Role', 'Log'], Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      B: { Type: 'X', DependsOn: 'A', Properties: { Target: { 'Fn::Join': ['/', ['x', { Ref: 'A' }]] } } },
      C: { Type: 'X', DependsOn: 'A', Properties: {} },
    };

    dropImpliedDependencies(resources);

    expect(resources.A.DependsOn).toEqual(['Log']);
    expect(resources.B).not.toHaveProperty('DependsOn');
    expect(resources.C.DependsOn).toEqual(['A']);
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

  it('are added only where they are missing, with the same target', () => {
    const route = (RouteKey: string) => ({
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { RouteKey, Target: 't' },
      DependsOn: 'x',
    });
    const resources = { A: route('GET /a'), B: route('GET /b'), C: route('GET /b/'), D: { Type: 'AWS::S3::Bucket' } };

    expect(missingForms(resources)).toEqual({ AOtherSlash: route('GET /a/') });
  });
});
