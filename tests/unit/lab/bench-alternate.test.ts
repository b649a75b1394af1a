import { describe, expect, it } from 'vitest';
import { alternate, efficiencyFrom, figureFrom, perSecond, withCpu } from '#tools/lab/bench/alternate.ts';

describe('contenders', () => {
  it('warm up first and then run in turn', async () => {
    const done: string[] = [];
    const contender = (name: string) => ({
      name,
      warm: async () => done.push(`${name} warms up`),
      run: async () => {
        done.push(name);
        return { rate: done.length };
      },
    });
    const lines: string[] = [];

    const results = await alternate([contender('ours'), contender('peer')], {
      rounds: 2,
      tell: (line) => lines.push(line),
    });

    expect(done).toEqual(['ours warms up', 'peer warms up', 'ours', 'peer', 'ours', 'peer']);
    expect(results.get('peer')).toEqual([{ rate: 4 }, { rate: 6 }]);
    expect(lines[0]).toBe('round 1 of 2, ours: rate 3');
  });

  it('become a figure, measure by measure', () => {
    const results = new Map([
      ['ours', [{ p50: 1, p99: 10 }]],
      ['peer', [{ p50: 2, p99: 20 }]],
      ['bare', [{ p50: 3 }]],
    ]);

    const figure = figureFrom(results, {
      measure: 'p99',
      title: 'latency',
      unit: 'ms',
      goals: { peer: { of: 'ratio', atMost: 1 } },
    });

    expect(figure).toEqual({
      title: 'latency',
      unit: 'ms',
      values: [10],
      references: [{ name: 'peer', values: [20], goal: { of: 'ratio', atMost: 1 } }],
    });
  });
});

it.each([
  [{ atLeast: 4 }, { of: 'ratio', atLeast: 1 }],
  [{ atMost: 0.3 }, { of: 'ratio', atMost: 1 }],
])('beside another Node, a figure that has a goal of %j beside the peer has to be no worse', (limit, goal) => {
  const results = new Map([
    ['ours', [{ rate: 3 }]],
    ['Node 20.20.2', [{ rate: 2 }]],
    ['bare', [{ rate: 9 }]],
  ]);
  const goals = { peer: { of: 'ratio', ...limit } } as const;

  const { references } = figureFrom(results, { measure: 'rate', title: 'reads', unit: '/s', goals });

  expect(references).toEqual([
    { name: 'Node 20.20.2', values: [2], goal },
    { name: 'bare', values: [9], goal: undefined },
  ]);
});

describe('efficiency', () => {
  it("is the bare clients' processor time per operation divided by ours, per round", () => {
    const cpu = (...ms: number[]) => ms.map((each) => ({ 'CPU, ms each': each }));
    const results = new Map([
      ['ours', cpu(1, 2)],
      ['bare http', cpu(0.2, 0.2)],
      ['bare client', cpu(0.1, 0.2)],
    ]);

    const parts = { 'bare http': 1, 'bare client': 2 };
    const { title, values, goal } = efficiencyFrom(results, { title: 'GET', parts, atLeast: 0.4 });

    expect(title).toBe('efficiency, GET');
    expect(values.map((value) => Number(value.toFixed(3)))).toEqual([0.4, 0.3]);
    expect(goal).toEqual({ of: 'figure', atLeast: 0.4 });
  });

  it('needs the processor time of one operation', async () => {
    const shown = await withCpu(10, async () => ({ 'per second': 5 }));

    expect(shown['per second']).toBe(5);
    expect(shown['CPU, ms each']).toBeGreaterThanOrEqual(0);
  });
});

describe('work at once', () => {
  it('is done as often as asked, never more at once than allowed', async () => {
    const indices: number[] = [];
    let running = 0;
    let most = 0;

    await perSecond(
      50,
      async (index) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        indices.push(index);
        running -= 1;
      },
      4,
    );

    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(most).toBe(4);
  });
});
