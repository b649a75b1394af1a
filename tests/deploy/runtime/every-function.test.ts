import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { toMessage } from '#shared/messages/event-message.ts';
import { ofType, resourcesOf } from '#tests/deploy/templates/template.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { kafkaEvent, recordOf, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { httpAnswer, httpInvocation, singleRound } from './invocations.ts';
import { packagedFunctions, startPackaged } from './packaged-functions.ts';
import { asOperator, type DeployedStage, OPERATOR_TOKEN, startStage } from './stage.ts';

const WARM_CALLS = 3;

let stage: DeployedStage;
const api = createServer((_request, response) => void response.end('Requested id: 7'));
const measured: string[] = [];
/** output of each function */
const logged = new Map<string, string>();

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0).padStart(5)} ms`;
}

/** Starts a function, invokes it several times and records the durations. @returns the first answer */
async function invoke(name: string, event: unknown): Promise<unknown> {
  const { port } = api.address() as AddressInfo;
  const running = await startPackaged(name, { ...stage.env, USERS_BASE_URL: `http://127.0.0.1:${port}` });
  try {
    const answer = await running.invoke(event);
    for (let call = 0; call < WARM_CALLS; call += 1) await running.invoke(event);
    const { initMs, callMs } = running.times();
    const [first = Number.NaN, ...warm] = callMs;
    const fastest = Math.min(...warm);
    measured.push(`${name.padEnd(18)} ${ms(initMs)} start, ${ms(first)} first call, ${ms(fastest)} warm`);
    return answer;
  } finally {
    logged.set(name, `${logged.get(name) ?? ''}${running.output()}`);
    await running.stop();
  }
}

async function call(name: string, routeKey: string, request: Parameters<typeof httpInvocation>[1] = {}) {
  return httpAnswer(await invoke(name, httpInvocation(routeKey, request)));
}

function user() {
  return { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'right-password' };
}

beforeAll(async () => {
  stage = await startStage();
  await once(api.listen(0, '127.0.0.1'), 'listening');
  expect(await invoke('prepareStage', {})).toEqual({
    done: expect.arrayContaining([
      expect.stringMatching(/^USERS_DATABASE_URL: applied 0001/),
      expect.stringMatching(/^NOTIFICATIONS_DATABASE_URL: applied 0001/),
      expect.stringMatching(/^KAFKA_BROKERS: created .*user\.email\.send/),
    ]),
  });
});

afterAll(async () => {
  console.log(`In AWS's runtime, on Node ${packagedFunctions()[0]?.nodeVersion}:\n${measured.sort().join('\n')}`);
  api.close();
  await stage.stop();
});

/** Creates a user through createUser. @returns what the other calls need */
async function createdUser() {
  const body = user();
  const running = await startPackaged('createUser', stage.env);
  const answer = httpAnswer(await running.invoke(httpInvocation('POST /api/users/', { body })));
  await running.stop();
  return { ...body, id: String(answer.json['id']) };
}

describe("each function, from its zip, in AWS's runtime", () => {
  it('createUser', async () => {
    const key = { 'idempotency-key': 'the-same-for-all-calls' };
    const body = user();

    const answer = await call('createUser', 'POST /api/users/', { body, headers: key });

    expect(answer).toMatchObject({ statusCode: 201, json: { name: 'Ann', email: body.email } });
  });

  it('getUser, updateUser, listUsers, removeUser', async () => {
    const { id, email } = await createdUser();
    const path = { id };

    const [got, changed, listed] = [
      await call('getUser', 'GET /api/users/{id}', { path, headers: asOperator }),
      await call('updateUser', 'PATCH /api/users/{id}', { path, body: { name: 'Eve', oldPassword: 'right-password' } }),
      await call('listUsers', 'GET /api/users/', { headers: asOperator }),
    ];
    const removed = await call('removeUser', 'DELETE /api/users/{id}', { path, headers: asOperator });

    expect(got).toMatchObject({ statusCode: 200, json: { name: 'Ann', email } });
    expect(changed).toMatchObject({ statusCode: 200, json: { name: 'Eve', email } });
    expect(listed).toMatchObject({ statusCode: 200, json: { page: 0 } });
    expect([204, 404]).toContain(removed.statusCode);
  });

  it('listEvents, getEvent, retryEvent, listDeadLetters', async () => {
    await createdUser();
    const listed = await call('listEvents', 'GET /api/events', { headers: asOperator });
    const [first] = listed.json['content'] as Array<{ uuid: string }>;
    const path = { uuid: first?.uuid ?? '' };

    expect(await call('getEvent', 'GET /api/events/{uuid}', { path, headers: asOperator })).toMatchObject({
      statusCode: 200,
      json: { uuid: first?.uuid, eventState: 'PROCESSING' },
    });
    expect(await call('retryEvent', 'POST /api/events/{uuid}/retry', { path, headers: asOperator })).toMatchObject({
      statusCode: 409,
    });
    expect(await call('listDeadLetters', 'GET /api/dead-letters', { headers: asOperator })).toMatchObject({
      statusCode: 200,
    });
  });

  it('pipeline, deliveries, getDelivery, consumers', async () => {
    expect(await call('pipeline', 'GET /api/pipeline', { headers: asOperator })).toMatchObject({
      statusCode: 200,
      json: { states: { FAILED: { count: expect.any(Number) } } },
    });
    expect(await call('deliveries', 'GET /api/deliveries', { headers: asOperator })).toMatchObject({
      statusCode: 200,
      json: { states: { SENT: { count: expect.any(Number) } } },
    });
    const noDelivery = { headers: asOperator, path: { uuid: '6f1c2f0e-5d5f-4c6e-9b0a-00000000dead' } };
    expect(await call('getDelivery', 'GET /api/deliveries/{uuid}', noDelivery)).toMatchObject({ statusCode: 404 });
    expect(await call('consumers', 'GET /api/consumers', { headers: asOperator })).toMatchObject({ statusCode: 404 });
  });

  it('sendWelcomeEmail sends one mail per event, however often a batch is delivered', async () => {
    const event = testEvent();
    const topic = `${stage.env['TOPIC_PREFIX']}user.email.send`;

    await invoke('sendWelcomeEmail', kafkaEvent([sendRecord(event, { topic })]));

    expect(stage.mailServer.to(event.userEmail)).toHaveLength(1);
  });

  it('confirmEmailSent and recordDeadLetter accept records with any content', async () => {
    const topic = `${stage.env['TOPIC_PREFIX']}user.email.sent`;
    const message = toMessage('user.email.sent', {
      ...testEvent(),
      eventState: 'FINISHED',
      processedAt: new Date(),
      traceparent: null,
    });

    expect(await invoke('confirmEmailSent', kafkaEvent([recordOf(message, { topic })]))).toBeNull();
    const letter = recordOf({ key: null, value: 'not json', headers: {} }, { topic: `${topic}.dlq` });
    expect(await invoke('recordDeadLetter', kafkaEvent([letter]))).toBeNull();
  });

  it('relayOutbox and deliverDue complete a scheduled round', async () => {
    expect(await invoke('relayOutbox', singleRound)).toBeNull();
    expect(await invoke('deliverDue', singleRound)).toBeNull();
  });

  it.each([
    ['relayOutbox', 'OldestUnpublishedEventSeconds', 'Seconds'],
    ['relayOutbox', 'OldestUnconfirmedEventSeconds', 'Seconds'],
    ['relayOutbox', 'UnconfirmedEvents', 'Count'],
    ['relayOutbox', 'DatabaseConnectionsPercent', 'Percent'],
    ['deliverDue', 'OldestUnsentMailSeconds', 'Seconds'],
    ['deliverDue', 'PendingMails', 'Count'],
    ['sendWelcomeEmail', 'MailSent', 'Count'],
    ['recordDeadLetter', 'DeadLetters', 'Count'],
  ])('%s reports %s under the name that its alarm watches', (name, metric, unit) => {
    const lines = (logged.get(name) ?? '').split('\n').filter((line) => line.includes('"_aws"'));
    const reports = lines.map((line): Record<string, unknown> => JSON.parse(line.slice(line.indexOf('{'))));
    const figures = reports.find((report) => metric in report);

    expect(figures).toMatchObject({
      service: 'registration',
      [metric]: expect.any(Number),
      _aws: {
        CloudWatchMetrics: [
          { Namespace: 'registration/prod', Dimensions: [['service']], Metrics: [{ Name: metric, Unit: unit }] },
        ],
      },
    });
    const alarms = [...ofType(resourcesOf(inject('runTemplate')), 'AWS::CloudWatch::Alarm').values()];
    const inputs = alarms.flatMap((alarm): unknown[] =>
      JSON.parse(JSON.stringify(alarm['Metrics'] ?? [])).flatMap(
        ({ MetricStat }: { MetricStat?: { Metric: unknown } }) => MetricStat?.Metric ?? [],
      ),
    );
    expect([...alarms, ...inputs]).toContainEqual(
      expect.objectContaining({
        Namespace: 'registration/prod',
        MetricName: metric,
        Dimensions: [{ Name: 'service', Value: 'registration' }],
      }),
    );
  });

  it('authorizer accepts the token in a header of any case, and nothing else', async () => {
    const event = (headers: Record<string, string>) => ({
      ...httpInvocation('GET /api/users/', { headers }),
      type: 'REQUEST',
      identitySource: Object.values(headers),
      routeArn: 'arn:aws:execute-api:eu-central-1:123456789012:api/$default/GET/api/users/',
    });

    expect(await invoke('authorizer', event({ Authorization: `Bearer ${OPERATOR_TOKEN}` }))).toEqual({
      isAuthorized: true,
    });
    expect(await invoke('authorizer', event({ authorization: 'Bearer wrong-token' }))).toEqual({ isAuthorized: false });
  });

  it('the remaining functions', async () => {
    const ready = await call('ready', 'GET /health/ready');
    expect(ready).toMatchObject({ statusCode: 200, json: { status: 'up' } });
    expect(await call('live', 'GET /health/live')).toMatchObject({ statusCode: 200 });
    expect(await call('asyncapi', 'GET /asyncapi.json')).toMatchObject({
      statusCode: 200,
      json: { asyncapi: '3.0.0' },
    });
    expect(await call('openapi', 'GET /openapi.json')).toMatchObject({ statusCode: 200, json: { openapi: '3.1.0' } });
    expect(await call('swaggerUi', 'GET /swagger-ui/{file}', { path: { file: 'index.html' } })).toMatchObject({
      statusCode: 200,
      body: expect.stringContaining('swagger'),
    });
    expect(await call('dashboard', 'GET /dashboard')).toMatchObject({
      statusCode: 200,
      body: expect.stringContaining('Pipeline'),
    });
    expect(await call('home', 'GET /')).toMatchObject({ statusCode: 200, json: { links: { mails: null } } });
    expect(await call('notFound', 'GET /nowhere')).toMatchObject({ statusCode: 404 });
    expect(await call('responseData', 'GET /tests/responsedata', { query: { id: '7' } })).toMatchObject({
      body: 'Requested id: 7',
    });
    expect(await call('requestData', 'GET /tests/requestdata', { query: { id: '7' } })).toMatchObject({
      body: 'Requested id: 7',
    });
    expect(await call('passMessageOn', 'GET /tests/firenforget')).toMatchObject({ body: 'Sent!' });
    expect(await call('receiveMessage', 'POST /tests/firenforget', { body: 'x' })).toMatchObject({ statusCode: 200 });
  });

  it('logs no secret', () => {
    const secrets = [
      OPERATOR_TOKEN,
      'right-password',
      'secret-of-this-test-alone',
      ':password@',
      '$argon2',
      'AKIDEXAMPLE',
    ];

    for (const [name, text] of logged) {
      expect({ name, told: secrets.filter((secret) => text.includes(secret)) }).toEqual({ name, told: [] });
    }
  });

  it('was invoked by these tests', () => {
    const called = new Set(measured.map((line) => line.split(' ')[0]));

    expect(
      packagedFunctions()
        .map(({ name }) => name)
        .filter((name) => !called.has(name)),
    ).toEqual([]);
  });
});
