import { describe, expect, it } from 'vitest';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { NotPublishedError } from '#shared/kafka/producer.ts';
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

describe('inline publishing to a cluster that answers', () => {
  it.each([
    ['stays on while one partition takes no message', [1, 1, 1, 1], false],
    ['stays on while two partitions take no message', [1, 2, 1, 2], false],
    ['stays on while the partitions without a leader take no message', [undefined, undefined, undefined, 1], false],
    ['is skipped when every partition takes no message', [1, 2, 1, 0], true],
  ])('%s', async (_, partitions, isSkipped) => {
    const next = [...partitions];
    const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, () => 0);
    const soon = publishSoon({
      database: () => Promise.reject(new Error('not needed')),
      publish: async (_name, topic, messages) => {
        const partition = next.shift();
        const unwritten = messages.map(({ key }) => ({ key, ...(partition === undefined ? {} : { partition }) }));
        throw new NotPublishedError(topic, unwritten, 'not enough replicas');
      },
      breaker,
    });

    for (const _event of partitions) await soon({ ...testEvent(), traceparent: null });

    expect(next).toEqual([]);
    expect(breaker.isOpen()).toBe(isSkipped);
  });
});
