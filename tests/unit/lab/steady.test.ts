import { describe, expect, it } from 'vitest';
import { callSteadily } from '#tools/lab/load/steady.ts';

describe('a steady load', () => {
  it('starts calls on time, although none has been answered', async () => {
    const answers: (() => void)[] = [];
    const call = () => new Promise<void>((resolve) => answers.push(resolve));
    const started = performance.now();

    const load = callSteadily(200, call);
    await expect.poll(() => answers.length, { interval: 1 }).toBeGreaterThanOrEqual(5);
    load.stop();
    const count = answers.length;
    for (const answer of answers) answer();
    await load.done;

    expect(performance.now() - started).toBeGreaterThanOrEqual(((count - 1) * 1000) / 200 - 1);
    expect(answers).toHaveLength(count);
  });

  it('ends after its last call and reports the first failure', async () => {
    const call = async (index: number) => {
      if (index > 0) throw new Error(`call ${index}`);
    };

    await expect(callSteadily(1000, call, 3).done).rejects.toThrow('call 1');
  });
});
