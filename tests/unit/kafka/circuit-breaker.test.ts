import { describe, expect, it } from 'vitest';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';

function breakerAt(times: { now: number }) {
  return circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, () => times.now);
}

describe('circuitBreaker', () => {
  it('stays closed below the failure threshold', () => {
    const breaker = breakerAt({ now: 0 });

    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    breaker.failed();

    expect(breaker.isOpen()).toBe(false);
    expect(breaker.allows()).toBe(true);
    breaker.failed();
    expect(breaker.isOpen()).toBe(true);
    expect(breaker.allows()).toBe(false);
  });

  it('allows one probe at a time, and another after each wait', () => {
    const clock = { now: 0 };
    const breaker = breakerAt(clock);
    for (let n = 0; n < 3; n += 1) breaker.failed();

    clock.now = 999;
    expect(breaker.allows()).toBe(false);
    clock.now = 1000;
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.failed();
    clock.now = 1999;
    expect(breaker.allows()).toBe(false);
    clock.now = 2000;
    expect(breaker.allows()).toBe(true);
  });

  it('allows another probe when the previous one never settles', () => {
    const clock = { now: 0 };
    const breaker = breakerAt(clock);
    for (let n = 0; n < 3; n += 1) breaker.failed();
    clock.now = 1000;
    breaker.allows();

    clock.now = 2000;

    expect(breaker.allows()).toBe(true);
  });

  it('counts the failures of one subject once', () => {
    const breaker = breakerAt({ now: 0 });

    for (let n = 0; n < 9; n += 1) breaker.failed('one');
    breaker.failed('another');
    expect(breaker.isOpen()).toBe(false);

    breaker.failed('a third');
    expect(breaker.isOpen()).toBe(true);
  });

  it('opens at once when told to', () => {
    const breaker = breakerAt({ now: 0 });

    breaker.open();

    expect([breaker.isOpen(), breaker.allows()]).toEqual([true, false]);
    breaker.succeeded();
    expect(breaker.isOpen()).toBe(false);
  });

  it('closes after one success', () => {
    const breaker = breakerAt({ now: 0 });
    for (let n = 0; n < 9; n += 1) breaker.failed();

    breaker.succeeded();

    expect([breaker.isOpen(), breaker.allows(), breaker.allows()]).toEqual([false, true, true]);
  });
});
