import { describe, expect, it } from 'vitest';
import { pause, within } from '#shared/async/waiting.ts';

describe('within', () => {
  it('returns a result that arrives in time', async () => {
    expect(await within(1000, 'It', Promise.resolve('value'))).toBe('value');
    await expect(within(1000, 'It', Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  });

  it('times out and names the operation', async () => {
    await expect(within(5, 'Waiting', new Promise(() => undefined))).rejects.toMatchObject({
      code: 'ETIMELIMIT',
      message: 'Waiting took longer than 5 ms',
    });
  });

  it('swallows a failure after the timeout', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      fail = reject;
    });

    await expect(within(1, 'It', late)).rejects.toThrow('longer');
    fail(new Error('late'));

    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('pause', () => {
  it('ends when aborted', async () => {
    const stop = new AbortController();
    const pausing = pause(60_000, stop.signal);

    stop.abort();

    await pausing;
    await pause(60_000, stop.signal);
  });
});
