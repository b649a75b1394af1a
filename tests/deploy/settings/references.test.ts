import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchReference } from '#shared/config/fetch-reference.ts';
import { parseReference } from '#shared/config/reference.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import { timed } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { readingOf } from '#tools/deploy/permissions.ts';

let store: SecretStore;
const folder = mkdtempSync(path.join(tmpdir(), 'references-'));

beforeAll(async () => {
  store = await startSecretStore({
    '/a/b': 'parameter',
    '/other': 'second',
    '/later': 'old',
    '/password': 'p@ss/word',
    'c/d': 'secret',
    json: '{"url":"field","port":5}',
    'rds!cluster-1': '{"username":"registration","password":"a:b@c/d#e"}',
  });
  Object.assign(process.env, storeEnvironment(store.url));
  writeFileSync(path.join(folder, 'f'), 'content');
});

beforeEach(() => {
  store.mode = 'pass';
});

afterAll(async () => {
  await store.stop();
  rmSync(folder, { recursive: true });
});

function fetched(text: string): Promise<string> {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is not a reference`);
  return fetchReference(reference, 'REDIS_URL');
}

describe('a reference, fetched with a signed request', () => {
  it.each([
    ['ssm:/a/b', 'parameter'],
    ['secretsmanager:c/d', 'secret'],
    ['secretsmanager:json#url', 'field'],
    [`file:${folder}/f`, 'content'],
    ['mysql://users:ssm:/password@host:3306/users', 'mysql://users:p%40ss%2Fword@host:3306/users'],
    ['mysql://users:secretsmanager:json#url@host/users', 'mysql://users:field@host/users'],
    ['mysql://secretsmanager:rds!cluster-1@host:3306/users', 'mysql://registration:a%3Ab%40c%2Fd%23e@host:3306/users'],
  ])('%s resolves to %s', async (text, value) => {
    expect(await fetched(text)).toBe(value);
  });

  it.each([
    ['ssm:/missing', 'ParameterNotFound'],
    ['secretsmanager:missing', 'ResourceNotFoundException'],
    ['secretsmanager:json#port', 'NO_VALUE'],
    ['secretsmanager:c/d#url', 'NO_VALUE'],
    ['mysql://secretsmanager:c/d@host/users', 'NO_VALUE'],
    [`file:${folder}/missing`, 'ENOENT'],
  ])('%s, which cannot be resolved, fails as a dependency that is down, with the cause %s', async (text, code) => {
    await expect(fetched(text)).rejects.toMatchObject({
      code: 'DEPENDENCY_DOWN',
      cause: { message: `REDIS_URL could not be fetched (${code})` },
    });
  });

  it('times out within the time of a call', async () => {
    store.mode = 'silent';

    const { answer, ms } = await timed(() => fetched('ssm:/a/b'));

    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_DOWN', retryAfterSeconds: 2 } });
    expect(ms).toBeLessThan(1500);
  });

  it('is repeated while the store throttles', async () => {
    store.mode = 'throttle';
    store.requests.length = 0;
    const fetching = fetched('ssm:/a/b');
    await waitFor(() => store.requests.length >= 2, { what: 'a second request' });
    store.mode = 'pass';

    expect(await fetching).toBe('parameter');
  });

  it('fails within the time of a call if the store goes on throttling', async () => {
    store.mode = 'throttle';

    const { answer, ms } = await timed(() => fetched('secretsmanager:c/d'));

    expect(answer).toMatchObject({
      status: 'rejected',
      reason: { cause: { message: 'REDIS_URL could not be fetched (ThrottlingException)' } },
    });
    expect(ms).toBeLessThan(1500);
  });
});

describe('a parameter', () => {
  it('is fetched together with others, which then need no call', async () => {
    store.requests.length = 0;
    const fetchWith = (name: string, together: string[]) => fetchReference({ kind: 'ssm', name }, 'X', together);

    const first = await fetchWith('/a/b', ['/a/b', '/other', '/missing']);
    const [other, missing] = await Promise.allSettled([fetchWith('/other', []), fetchWith('/missing', [])]);

    expect([first, other]).toEqual(['parameter', { status: 'fulfilled', value: 'second' }]);
    expect(missing).toMatchObject({ reason: { cause: { message: 'X could not be fetched (ParameterNotFound)' } } });
    expect(store.requests.map(({ names }) => names)).toEqual([['/a/b', '/other', '/missing']]);
    store.values.set('/other', 'rotated');
    expect(await fetchWith('/other', [])).toBe('rotated');
  });
});

it('a parameter that was fetched with another long ago is fetched again', async () => {
  const fetchWith = (name: string, together: string[]) => fetchReference({ kind: 'ssm', name }, 'X', together);
  await fetchWith('/a/b', ['/later']);
  store.values.set('/later', 'new');
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000);

  expect(await fetchWith('/later', [])).toBe('new');
  clock.mockRestore();
});

describe('the role of a function', () => {
  it.each([
    'ssm:/a/b',
    'ssm:a',
    'secretsmanager:c/d',
    'secretsmanager:json#url',
    'file:/x',
    'mysql://u:ssm:/p@h/d',
    'mysql://u:p@h/d',
    '',
  ])('may read %j exactly if the function resolves it as a reference to AWS', (text) => {
    const kind = parseReference(text)?.kind;

    expect(readingOf(text) !== undefined).toBe(kind === 'ssm' || kind === 'secretsmanager');
  });
});
