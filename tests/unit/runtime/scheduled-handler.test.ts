import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { scheduledHandler } from '#shared/runtime/scheduled-handler.ts';

function contextWith(remainingMs: () => number): Context {
  return { getRemainingTimeInMillis: remainingMs } as Context;
}

describe('scheduledHandler', () => {
  it('makes one round when invoked by hand', async () => {
    let rounds = 0;
    const handler = scheduledHandler(
      () => async () => {
        rounds += 1;
      },
      1000,
    );

    await handler(
      { once: true },
      contextWith(() => 60_000),
    );

    expect(rounds).toBe(1);
  });

  it('starts no round shortly before the timeout', async () => {
    let rounds = 0;
    const handler = scheduledHandler(
      () => async () => {
        rounds += 1;
      },
      1000,
    );

    await handler(
      {},
      contextWith(() => 1000),
    );

    expect(rounds).toBe(0);
  });

  it('continues after a failed round', async () => {
    let rounds = 0;
    const handler = scheduledHandler(
      () => async () => {
        rounds += 1;
        throw new Error('broker away');
      },
      5000 - 1,
    );

    await handler(
      {},
      contextWith(() => (rounds === 0 ? 5000 : rounds === 1 ? 5000 : 0)),
    );

    expect(rounds).toBe(2);
  });
});
