import { describe, expect, it } from 'vitest';
import {
  isRefusedTooLong,
  refusedDelayMs,
  serverDownDelayMs,
  unknownDelayMs,
} from '#shared/notifications/retry-delay.ts';
import { republishDelayMs } from '#shared/outbox/outbox-repository.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('delays', () => {
  it.each([
    [0, 30_000],
    [1, 30_000],
    [2, MINUTE],
    [3, 2 * MINUTE],
    [7, 32 * MINUTE],
    [8, HOUR],
    [1_000_000, HOUR],
  ])('after %i publications, an event waits %i ms', (publications, ms) => {
    expect(republishDelayMs(publications)).toBe(ms);
  });

  it.each([
    [0, 5000],
    [1, 5000],
    [2, 10_000],
    [8, 640_000],
    [9, 15 * MINUTE],
    [1_000_000, 15 * MINUTE],
  ])('after %i refusals, a recipient waits %i ms', (refusals, ms) => {
    expect(refusedDelayMs(refusals)).toBe(ms);
  });

  it.each([
    // Longer than a short interruption, and short enough to heal within 30 s of its end.
    [1, 20_000],
    [2, 16 * MINUTE],
    [3, 12.8 * HOUR],
  ])('after %i sends without an answer, a mail waits %i ms', (unknowns, ms) => {
    expect(unknownDelayMs(unknowns)).toBe(ms);
  });

  it.each([
    [0, 1500],
    [0.5, 2000],
    [1, 2500],
  ])('a failing server is retried after 2 s with jitter (%d: %i ms)', (random, ms) => {
    expect(serverDownDelayMs(random)).toBe(ms);
  });

  it.each([
    [48 * HOUR - 1, false],
    [48 * HOUR, true],
  ])('a recipient refused for %i of 48 h has expired: %s', (refusedForMs, expected) => {
    expect(isRefusedTooLong(refusedForMs, 48)).toBe(expected);
  });
});
