import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_VERSIONS } from '#tests/deploy/stages.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { kafkaEvent, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { httpAnswer, httpInvocation, singleRound } from './invocations.ts';
import { startPackaged } from './packaged-functions.ts';
import { asOperator, type DeployedStage, OPERATOR_TOKEN, startStage } from './stage.ts';

let stage: DeployedStage;

beforeAll(async () => {
  stage = await startStage();
  const prepare = await startPackaged('prepareStage', stage.env);
  await prepare.invoke({});
  await prepare.stop();
});

afterAll(() => stage.stop());

const [, ...OTHERS] = NODE_VERSIONS;
const measured: string[] = [];

describe.each(OTHERS)('the same zips on Node %s', (version) => {
  const invokeOnce = async (name: string, event: unknown): Promise<unknown> => {
    const running = await startPackaged(name, stage.env, version);
    try {
      const answer = await running.invoke(event);
      const { initMs, callMs } = running.times();
      measured.push(
        `Node ${version} ${name}: ${Math.round(initMs)} ms start, ${Math.round(callMs[0] ?? 0)} ms first call`,
      );
      return answer;
    } finally {
      await running.stop();
    }
  };

  afterAll(() => console.log(measured.splice(0).join('\n')));

  it('answer HTTP, Kafka, schedule and authorizer invocations', async () => {
    const body = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'right-password' };
    const event = testEvent();
    const topic = `${stage.env['TOPIC_PREFIX']}user.email.send`;

    const created = httpAnswer(await invokeOnce('createUser', httpInvocation('POST /api/users/', { body })));
    const request = { path: { id: String(created.json['id']) }, headers: asOperator };
    const got = httpAnswer(await invokeOnce('getUser', httpInvocation('GET /api/users/{id}', request)));
    await invokeOnce('sendWelcomeEmail', kafkaEvent([sendRecord(event, { topic })]));
    await invokeOnce('relayOutbox', singleRound);
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    const allowed = await invokeOnce('authorizer', httpInvocation('GET /api/users/', { headers }));

    expect([created.statusCode, got.statusCode]).toEqual([201, 200]);
    expect(stage.mailServer.to(event.userEmail)).toHaveLength(1);
    expect(allowed).toEqual({ isAuthorized: true });
  });
});
