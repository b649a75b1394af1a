import { describe, expect, it } from 'vitest';
import { areaPath, linePath, pointsOf } from '#dashboard/chart-geometry.ts';
import { agoText, countText, niceCeiling, spanText, untilText } from '#dashboard/format.ts';
import { whatHappened } from '#dashboard/what-happened.ts';
import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';
import { homePage } from '#shared/system/home.ts';

const NOW = Date.parse('2026-01-31T12:00:00.000Z');
function at(ms: number): string {
  return new Date(NOW + ms).toISOString();
}

describe('formatted figures', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1234, '1.2 s'],
    [9960, '10 s'],
    [61_000, '1 min'],
    [7_200_000, '2 h'],
    [259_200_000, '3 d'],
  ])('formats %i ms as %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it.each([
    [0, 'now'],
    [-900, 'now'],
    [-12_300, '12 s ago'],
    [-61_000, '1 min ago'],
  ])('formats %i ms from now as %s', (ms, text) => {
    expect(agoText(at(ms), NOW)).toBe(text);
  });

  it.each([
    [-5000, 'now'],
    [4200, 'in 4 s'],
    [90_000, 'in 2 min'],
  ])('formats a due time in %i ms as %s', (ms, text) => {
    expect(untilText(at(ms), NOW)).toBe(text);
  });

  it('marks a capped count', () => {
    expect(countText({ count: 100_000, isMore: true })).toBe('100,000+');
    expect(countText({ count: 7, isMore: false })).toBe('7');
  });

  it.each([
    [0, 1],
    [0.7, 1],
    [3, 5],
    [11, 20],
    [24, 25],
    [101, 200],
  ])('rounds the axis for %d up to %d', (value, top) => {
    expect(niceCeiling(value)).toBe(top);
  });
});

describe('whatHappened', () => {
  const event: PipelineEvent = {
    uuid: 'x',
    eventState: 'PROCESSING',
    userEmail: 'a@b.io',
    topic: 'user.email.send',
    attempts: 0,
    reason: null,
    addedAt: at(0),
    publishedAt: null,
    processedAt: null,
    traceId: null,
  };
  const waiting = { uuid: 'x', attempts: 0, reason: null, nextAttemptAt: at(2000) };

  it.each([
    [event, undefined, 'not published yet'],
    [{ ...event, publishedAt: at(0) }, undefined, 'published, not confirmed yet'],
    [event, waiting, 'waiting to be sent, next try in 2 s'],
    [event, { ...waiting, attempts: 1, reason: '451 later' }, 'refused once, next try in 2 s: 451 later'],
    [event, { ...waiting, attempts: 3, reason: '451', nextAttemptAt: null }, 'refused 3 times: 451'],
    [{ ...event, eventState: 'FAILED' as const, reason: '550 no' }, undefined, '550 no'],
    [{ ...event, eventState: 'FINISHED' as const }, waiting, 'mailed and confirmed'],
  ])('%#', (seen, delivery, text) => {
    expect(whatHappened(seen, delivery, NOW)).toBe(text);
  });
});

describe('chart geometry', () => {
  const area = { left: 10, top: 0, width: 100, height: 50 };

  it('puts the largest value at the top and zero at the bottom, and leaves gaps', () => {
    const points = pointsOf([0, 5, null, 10], 10, area);

    expect(points).toEqual([{ x: 10, y: 50 }, { x: 43.3, y: 25 }, null, { x: 110, y: 0 }]);
    expect(linePath(points)).toBe('M10 50L43.3 25M110 0h0');
    expect(areaPath(points, area)).toBe('M10 50L43.3 25V50H10Z');
  });

  it('draws an empty path without values', () => {
    expect(linePath(pointsOf([null, null], 1, area))).toBe('');
  });
});

describe('the page at /', () => {
  const links = { dashboard: '/d', swaggerUi: '/s', openapi: '/o', health: '/h', mails: null };

  it('omits the mail link without a mail catcher and escapes addresses', () => {
    expect(homePage({ name: 'R', links })).not.toContain('Mails');
    expect(homePage({ name: 'R', links: { ...links, mails: 'http://x/"><script>' } })).not.toContain('<script>');
  });
});
