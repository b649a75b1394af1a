import { describe, expect, it } from 'vitest';
import { oncePerRun } from '#shared/runtime/time-left.ts';

function endlessly(shouldContinue: () => boolean): Promise<void> {
  while (shouldContinue());
  return Promise.resolve();
}

describe('work that is done once per run', () => {
  it('does not run again when it is done, but when it failed', async () => {
    const outcomes = [Promise.reject(new Error('database away')), Promise.resolve()];
    let runs = 0;
    const once = oncePerRun(async () => {
      runs += 1;
      await outcomes[runs - 1];
    });

    await expect(once(() => true)).rejects.toThrow('database away');
    await once(() => true);
    await once(() => true);

    expect(runs).toBe(2);
  });

  it('delays a round by one slice, and continues in the next', async () => {
    let runs = 0;
    const once = oncePerRun((shouldContinue) => {
      runs += 1;
      return endlessly(shouldContinue);
    });
    const started = performance.now();

    await once(() => performance.now() - started < 5000);
    const ms = performance.now() - started;
    await once(() => performance.now() - started < 5000);

    expect(ms).toBeLessThan(2000);
    expect(runs).toBe(2);
  });
});
