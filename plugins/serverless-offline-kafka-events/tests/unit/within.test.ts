import { expect, test } from 'vitest';
import { within } from '../../src/support/timing.ts';

test('resolves with a result in time', async () => {
  await expect(within(1_000, 'it', Promise.resolve(7))).resolves.toBe(7);
  await expect(within(1_000, 'it', Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('rejects when the limit is exceeded', async () => {
  await expect(within(5, 'asking the broker', new Promise(() => undefined))).rejects.toThrow(
    'asking the broker took longer than 5 ms',
  );
});
