import { describe, expect, it } from 'vitest';
import { semaphore } from '#shared/async/semaphore.ts';
import { pause, within } from '#shared/async/within.ts';

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

describe('semaphore', () => {
  it('limits concurrency and starts waiting calls in order', async () => {
    const limited = semaphore(2);
    const order: number[] = [];
    let running = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        limited(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(n);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );

    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('releases its slot after a failure', async () => {
    const limited = semaphore(1);

    await expect(limited(() => Promise.reject(new Error('x')))).rejects.toThrow('x');

    expect(await limited(async () => 'next')).toBe('next');
  });
});
