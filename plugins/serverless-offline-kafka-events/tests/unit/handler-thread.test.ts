import { expect, test } from 'vitest';
import { mendRunner, withoutOurOption } from '../../src/offline/handler-thread.ts';
import { withHandlerThread } from '../../src/offline/worker-watch.ts';

const FILE = new URL('file:///a%20b/dist/handler-thread.js');
const OPTION = '--import=file:///a%20b/dist/handler-thread.js';

function mended(run: () => Promise<unknown>) {
  const runner = { run };
  mendRunner(runner);
  return runner.run();
}

test.each([
  ['a text', 'only text'],
  ['nothing', undefined],
  ['null', null],
  ['an object', { code: 5 }],
  ['what only looks like an Error', Object.create(Error.prototype)],
  ['a function', () => 5],
])('%s that is thrown becomes an Error', async (_what, thrown) => {
  await expect(mended(() => Promise.reject(thrown))).rejects.toThrow('the handler threw a value that is not an Error');
});

test('an Error stays what it is', async () => {
  const error = new TypeError('as it is');
  await expect(mended(() => Promise.reject(error))).rejects.toBe(error);
});

test.each([
  ['nothing', undefined, undefined],
  ['a function', () => 5, null],
  ['a symbol', Symbol('s'), null],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an object', { a: 1, b: undefined, c() {} }, { a: 1 }],
])('%s that is returned becomes what Lambda makes of it', async (_what, returned, expected) => {
  expect(await mended(async () => returned)).toEqual(expected);
});

test('what has no JSON fails', async () => {
  await expect(mended(async () => ({ count: 1n }))).rejects.toThrow(TypeError);
});

test.each([
  [{}, {}, OPTION],
  [{ environment: { NODE_OPTIONS: '--enable-source-maps' } }, {}, `--enable-source-maps ${OPTION}`],
  [{ environment: { A: '1' } }, { environment: { NODE_OPTIONS: '--no-warnings' } }, `--no-warnings ${OPTION}`],
])('the thread of %j under %j is told by NODE_OPTIONS', (definition, provider, expected) => {
  const { environment } = withHandlerThread(definition, provider, FILE);
  expect(environment).toMatchObject({ NODE_OPTIONS: expected });
});

test('a handler does not see it', () => {
  expect(withoutOurOption(`--enable-source-maps ${OPTION}`)).toBe('--enable-source-maps');
  expect(withoutOurOption(OPTION)).toBe('');
});
