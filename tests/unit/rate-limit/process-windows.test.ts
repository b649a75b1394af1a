import { describe, expect, it } from 'vitest';
import { processWindows } from '#shared/cache/sliding-window.ts';

const WINDOW = { limit: 2, windowMs: 1000 };

describe('processWindows', () => {
  it('admits as many as the limit per window, and slides', () => {
    let now = 0;
    const windows = processWindows(() => now);

    expect([1, 2, 3].map((member) => windows.enter('a', WINDOW, String(member)))).toEqual([0, 0, 1000]);
    expect(windows.enter('b', WINDOW, '4')).toBe(0);
    now = 999;
    expect(windows.enter('a', WINDOW, '5')).toBe(1);
    now = 1000;
    expect(windows.enter('a', WINDOW, '6')).toBe(0);
  });

  it('has the place of a member that left', () => {
    const windows = processWindows(() => 0);
    windows.enter('a', WINDOW, '1');
    windows.enter('a', WINDOW, '2');
    windows.leave('a', '1');

    expect(windows.enter('a', WINDOW, '3')).toBe(0);
    expect(windows.enter('a', WINDOW, '4')).toBe(1000);
  });

  it('is bounded, and keeps the keys that are in use', () => {
    const windows = processWindows(() => 0);
    for (const member of ['1', '2']) windows.enter('in use', WINDOW, member);
    for (let key = 0; key < 30_000; key += 1) {
      windows.enter(`k${key}`, WINDOW, 'x');
      if (key % 1000 === 0) expect(windows.enter('in use', WINDOW, 'y')).toBe(1000);
    }
    expect(windows.enter('k0', WINDOW, 'x')).toBe(0);
    expect(windows.enter('k0', WINDOW, 'y')).toBe(0);
    expect(windows.enter('k0', WINDOW, 'z')).toBe(1000);
  });
});
