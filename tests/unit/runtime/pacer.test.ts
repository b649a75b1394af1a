import { describe, expect, it } from 'vitest';
import { pacer } from '#shared/async/pacer.ts';

describe('pacer', () => {
  it('spaces starts evenly', () => {
    const pace = pacer(10, () => 0);

    const waits = Array.from({ length: 4 }, () => {
      const waitMs = pace.waitMs();
      pace.take();
      return waitMs;
    });

    expect(waits).toEqual([0, 100, 200, 300]);
  });

  it('saves no starts while nothing is sent', () => {
    const clock = { now: 0 };
    const pace = pacer(10, () => clock.now);
    pace.take();
    clock.now = 60_000;
    pace.take();

    expect(pace.waitMs()).toBe(100);
  });

  it('moves nothing for a start that nobody takes', () => {
    const pace = pacer(10, () => 0);
    pace.take();

    expect([pace.waitMs(), pace.waitMs()]).toEqual([100, 100]);
  });

  it('limits nothing at 0 per second', () => {
    const pace = pacer(0, () => 0);
    pace.take();

    expect(pace.waitMs()).toBe(0);
  });
});
