import { describe, expect, it } from 'vitest';
import { batcher } from '#shared/async/batcher.ts';

/** Work whose batches end on command. */
function controlled() {
  const batches: Array<{ items: readonly number[]; end(): void; fail(error: Error): void }> = [];
  const add = batcher<number>((items) => new Promise((end, fail) => batches.push({ items, end, fail })), 3);
  return { add, batches, items: () => batches.map(({ items }) => items) };
}

describe('batcher', () => {
  it('runs a single item at once', async () => {
    const { add, items, batches } = controlled();

    const added = add(1);

    expect(items()).toEqual([[1]]);
    batches[0]?.end();
    await added;
  });

  it('collects items during a run, in order and up to the largest batch', async () => {
    const { add, items, batches } = controlled();
    const first = add(1);
    const others = [2, 3, 4, 5].map(add);

    batches[0]?.end();
    await first;
    batches[1]?.end();
    await others[2];
    batches[2]?.end();
    await Promise.all(others);

    expect(items()).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('fails the batch and the items waiting for it, then accepts new items', async () => {
    const { add, items, batches } = controlled();
    const added = [1, 2, 3].map(add);
    const ends = Promise.allSettled(added);

    batches[0]?.fail(new Error('broker away'));

    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const later = add(4);
    batches[1]?.end();
    await later;
    expect(items()).toEqual([[1], [4]]);
  });

  it('survives work that throws synchronously', async () => {
    let calls = 0;
    const add = batcher<number>(() => {
      calls += 1;
      if (calls === 1) throw new Error('at once');
      return Promise.resolve();
    });

    await expect(add(1)).rejects.toThrow('at once');

    await add(2);
    expect(calls).toBe(2);
  });
});
