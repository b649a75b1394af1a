import { expect, it } from 'vitest';
import { keepLoaded, loadHandlersOnce } from '#tools/local/offline/load-once.ts';

it('loads each path once for any number of calls', async () => {
  const asked: string[] = [];
  const load = keepLoaded(async (root, handler) => {
    asked.push(`${root}/${handler}`);
    return () => handler;
  });

  const [first, second] = await Promise.all([load('/a', 'one.handler'), load('/a', 'one.handler')]);
  await load('/a/.hot/1', 'one.handler');

  expect(first).toBe(second);
  expect(asked).toEqual(['/a/one.handler', '/a/.hot/1/one.handler']);
});

it('retries a failed load', async () => {
  let tries = 0;
  const load = keepLoaded(async () => {
    tries += 1;
    if (tries === 1) throw new Error('a mistake in the code');
    return () => 'mended';
  });

  await expect(load('/a', 'one.handler')).rejects.toThrow('a mistake in the code');
  const handler = await load('/a', 'one.handler');

  expect(handler()).toBe('mended');
});

it('knows where the installed serverless-offline loads handlers', () => {
  expect(loadHandlersOnce()).toBe(true);
});
