import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchReference } from '#shared/config/fetch-reference.ts';
import { parseReference } from '#shared/config/reference.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import { timed } from '#tests/helpers/unhandled.ts';
import { readingOf } from '#tools/deploy/permissions.ts';

let store: SecretStore;
const folder = mkdtempSync(path.join(tmpdir(), 'references-'));

beforeAll(async () => {
  store = await startSecretStore({ '/a/b': 'parameter', 'c/d': 'secret', json: '{"url":"field","port":5}' });
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
  ])('%s resolves to %s', async (text, value) => {
    expect(await fetched(text)).toBe(value);
  });

  it.each([
    ['ssm:/missing', 'ParameterNotFound'],
    ['secretsmanager:missing', 'ResourceNotFoundException'],
    ['secretsmanager:json#port', 'NO_VALUE'],
    ['secretsmanager:c/d#url', 'NO_VALUE'],
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

  it('fails at once if the store throttles', async () => {
    store.mode = 'throttle';

    await expect(fetched('secretsmanager:c/d')).rejects.toMatchObject({
      cause: { message: 'REDIS_URL could not be fetched (ThrottlingException)' },
    });
  });
});

describe('the role of a function', () => {
  it.each(['ssm:/a/b', 'ssm:a', 'secretsmanager:c/d', 'secretsmanager:json#url', 'file:/x', 'mysql://u:p@h/d', ''])(
    'may read %j exactly if the function resolves it as a reference to AWS',
    (text) => {
      const kind = parseReference(text)?.kind;

      expect(readingOf(text) !== undefined).toBe(kind === 'ssm' || kind === 'secretsmanager');
    },
  );
});
