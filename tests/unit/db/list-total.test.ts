import { beforeEach, describe, expect, it } from 'vitest';
import { TimeLimitError } from '#shared/async/waiting.ts';
import { listTotal } from '#shared/db/list-total.ts';
import { type Mark, type SortedList, STRIDE } from '#shared/db/sorted-list.ts';

const list: SortedList = { name: 'n', table: 't', where: {}, column: 'id' };

let now: number;
let counts: Array<Mark | undefined>;
let total: ReturnType<typeof listTotal>;

beforeEach(() => {
  now = 0;
  counts = [];
  total = listTotal(list, () => now);
});

/** A list with so many rows after its last mark. */
function rows(after: () => Promise<number>, lastMark?: number) {
  const mark = lastMark === undefined ? undefined : { number: lastMark, value: '', id: 7 };
  return {
    lastMark: async () => mark,
    countAfter: async (_: SortedList, from: unknown) => {
      counts.push(from === undefined ? undefined : mark);
      return after();
    },
    estimate: async () => 20_000_000,
  };
}

function count(number: number) {
  return rows(async () => number);
}

function tooSlow(): Promise<number> {
  return Promise.reject(new TimeLimitError('A query', 1500));
}

describe('the total of a list', () => {
  it('is counted on every call while it is small', async () => {
    await total.get(count(1));

    expect(await total.get(count(2))).toBe(2);
    expect(await total.get(count(3))).toBe(3);
  });

  it('is at most 5 s old once it is large, and counted once for all', async () => {
    const first = await Promise.all([total.get(count(20_000)), total.get(count(20_001))]);
    now = 2000;
    const kept = await total.get(count(20_002));
    now = 5001;

    expect(first).toEqual([20_000, 20_000]);
    expect(kept).toBe(20_000);
    expect(await total.get(count(20_003))).toBe(20_003);
    expect(counts).toHaveLength(2);
  });

  it('is renewed in the background from half of its maximum age on', async () => {
    await total.get(count(20_000));
    now = 3000;
    const during = await total.get(count(20_001));
    const atOnce = await total.get(count(20_002));
    now = 7000;
    const after = await total.get(count(20_003));

    expect([during, atOnce, after]).toEqual([20_000, 20_000, 20_001]);
    expect(counts).toHaveLength(2);
  });

  it('keeps an answer when the background count fails', async () => {
    await total.get(count(20_000));
    now = 3000;

    expect(await total.get(rows(() => Promise.reject(new Error('down'))))).toBe(20_000);
  });

  it.each([
    [1999, undefined, 42],
    [2000, 2000, 1_000_042],
    [40_000, 40_000, 20_000_042],
  ])('with %i marks is counted from mark %s on', async (marks, from, expected) => {
    expect(await total.get(rows(async () => 42, marks))).toBe(from === undefined ? 42 : expected);
    expect(counts.at(-1)?.number).toBe(from);
    expect(expected).toBe((from ?? 0) * STRIDE + 42);
  });

  it('is an estimate for a minute after a count that took too long, and no caller waits for another', async () => {
    const first = await Promise.all([total.get(rows(tooSlow)), total.get(rows(tooSlow))]);
    now = 25_000;
    const later = await total.get(rows(tooSlow));

    expect(first).toEqual([20_000_000, 20_000_000]);
    expect(later).toBe(20_000_000);
    expect(counts).toHaveLength(1);
    now = 60_001;
    expect(await total.get(count(15_000))).toBe(15_000);
  });

  it('fails with the database', async () => {
    await expect(total.get(rows(() => Promise.reject(new Error('down'))))).rejects.toThrow('down');
  });
});
