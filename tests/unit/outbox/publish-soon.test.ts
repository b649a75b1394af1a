import { describe, expect, it } from 'vitest';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';

describe('inline publishing to a slow broker', () => {
  it('leaves events to the relay when a thousand are waiting', async () => {
    let started = 0;
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    const soon = publishSoon({
      database: () => Promise.reject(new Error('not needed')),
      publish: async (_name, _topic, messages) => {
        started += messages.length;
        await isReleased;
      },
    });

    const calls = Array.from({ length: 1500 }, () => soon({ ...testEvent(), traceparent: null }));
    release();
    await Promise.all(calls);

    expect(started).toBe(1000);
  });
});
