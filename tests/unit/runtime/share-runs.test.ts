import { describe, expect, it } from 'vitest';
import { shareRuns } from '#shared/async/share-runs.ts';

/** Work whose runs end when told to, and say how many callers had called when they began. */
function observed() {
  const shared = shareRuns<number>();
  const runs: Array<{ end: () => void; fail: (error: Error) => void }> = [];
  let called = 0;
  const call = (key = 'page 0'): Promise<number> => {
    called += 1;
    return shared(key, () => {
      const before = called;
      return new Promise((resolve, reject) => runs.push({ end: () => resolve(before), fail: reject }));
    });
  };
  return { call, runs, settle: () => new Promise(setImmediate) };
}

describe('callers with the same key', () => {
  it('share a run that begins after each of them has called', async () => {
    const { call, runs, settle } = observed();
    const first = call();
    await settle();
    const later = [call(), call(), call()];
    await settle();
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await settle();
    expect(runs).toHaveLength(2);
    runs[1]?.end();

    expect(await first).toBe(1);
    expect(await Promise.all(later)).toEqual([4, 4, 4]);
  });

  it('do not join a run that has begun', async () => {
    const { call, runs, settle } = observed();
    for (const count of [1, 2, 3]) {
      const result = call();
      await settle();
      runs.at(-1)?.end();
      expect(await result).toBe(count);
    }
    expect(runs).toHaveLength(3);
  });

  it('fail with the run before theirs, and the next caller runs again', async () => {
    const { call, runs, settle } = observed();
    const results = [call()];
    await settle();
    results.push(call());
    runs[0]?.fail(new Error('down'));

    expect((await Promise.allSettled(results)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = call();
    await settle();
    runs[1]?.end();
    expect(await next).toBe(3);
  });
});

it('other keys do not wait', async () => {
  const { call, runs, settle } = observed();
  const results = [call('page 0'), call('page 1')];
  await settle();
  expect(runs).toHaveLength(2);
  for (const { end } of runs) end();

  expect(await Promise.all(results)).toEqual([2, 2]);
});
