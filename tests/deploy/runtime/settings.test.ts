import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmulatedFunction } from './emulated-function.ts';
import { httpAnswer, httpInvocation } from './invocations.ts';
import { startPackaged } from './packaged-functions.ts';
import { asOperator, type DeployedStage, startStage } from './stage.ts';

let stage: DeployedStage;
let getUser: EmulatedFunction;

beforeAll(async () => {
  stage = await startStage();
  const prepare = await startPackaged('prepareStage', stage.env);
  await prepare.invoke({});
  await prepare.stop();
  getUser = await startPackaged('getUser', stage.env);
  stage.store.requests.length = 0;
});

afterAll(async () => {
  await getUser.stop();
  await stage.stop();
});

async function get() {
  return httpAnswer(
    await getUser.invoke(httpInvocation('GET /api/users/{id}', { path: { id: '1' }, headers: asOperator })),
  );
}

describe('a function whose settings are references', () => {
  it.each(['throttle', 'silent'] as const)('answers 503 while they cannot be fetched (%s)', async (mode) => {
    stage.store.mode = mode;

    const answer = await get();

    expect(answer).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '2' },
      json: { code: 'DEPENDENCY_DOWN' },
    });
    expect(JSON.stringify(answer)).not.toContain('OPERATOR_TOKEN');
  });

  it('recovers by itself and fetches all its parameters in one call', async () => {
    stage.store.mode = 'pass';
    stage.store.requests.length = 0;

    const answers = [await get(), await get(), await get()];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    const requested = stage.store.requests.map(({ names }) =>
      names.map((name) => name.replace('/registration/prod/', '')).sort(),
    );
    expect(requested).toEqual([['operator-token', 'redis-url', 'users-reader-url']]);
  });

  it('logs which reference could not be fetched', () => {
    expect(getUser.output()).toContain('OPERATOR_TOKEN could not be fetched (ThrottlingException)');
  });
});
