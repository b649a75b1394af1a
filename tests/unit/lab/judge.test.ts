import { describe, expect, it } from 'vitest';
import { check } from '#tools/lab/chaos/checker.ts';
import { judge } from '#tools/lab/chaos/judge.ts';
import { mostMessages } from '#tools/lab/chaos/long-outage.ts';
import { measure } from '#tools/lab/chaos/measure.ts';
import { isFastAgain } from '#tools/lab/chaos/recovery.ts';
import { excusesOf } from '#tools/lab/faults/excuses.ts';
import type { Fault } from '#tools/lab/faults/faults.ts';
import { outcome } from './outcome.ts';

describe('a verdict', () => {
  it('is good when nothing was lost and nobody waited', () => {
    expect(judge({ dependency: 'kafka', kind: 'kill' }, outcome(), { withTimes: true })).toEqual([]);
  });

  it.each([
    [{ lost: 1 }, '1 lost'],
    [{ unfinished: 2 }, '2 unfinished'],
    [{ failed: 3 }, '3 FAILED by an outage'],
    [{ duplicates: 5, unexcused: 4 }, '4 repeated without an excuse'],
    [{ foreignIds: 5 }, '5 repeated under another Message-ID'],
    [{ problems: ['odd'] }, 'odd'],
  ])('names %o', (changes, reason) => {
    const fault = { dependency: 'kafka', kind: 'kill' } as const;

    expect(judge(fault, outcome(changes), { withTimes: false })).toEqual([reason]);
  });

  /** A fault of ten seconds, from 100 s to 110 s, and a mail that was repeated. */
  const repeated = (fault: Fault, first: { at: number; from?: string }) => {
    const email = 'a@b.io';
    const mail = { to: email, from: 'replica-1@b.io', messageId: 'u@b.io', traceparent: '', bytes: 9, ...first };
    const times = { begunMs: 100_000, brokenMs: 100_100, liftedMs: 110_000 };
    const findings = check({
      registrations: [{ email, status: 201 }],
      users: [email],
      events: [{ uuid: 'u', email, state: 'FINISHED' }],
      mails: [mail, { ...mail, at: 130_000, from: 'replica-2@b.io' }],
      excuses: excusesOf(fault, times, ['replica-1@b.io']),
      identity: 'event',
    });
    return judge(fault, outcome(findings), { withTimes: false });
  };

  it.each([
    ['smtp', 'cut', true],
    ['smtp', 'kill', true],
    ['app', 'kill', true],
    ['app', 'pause', true],
    ['app', 'stop', false],
    ['app', 'silent', false],
    ['smtp', 'stop', false],
    ['smtp', 'slow', false],
    ['mysql', 'kill', false],
    ['redis', 'pause', false],
  ] as const)('on a repeated mail with %s/%s', (dependency, kind, mayRepeat) => {
    expect(repeated({ dependency, kind }, { at: 100_050 })).toEqual(mayRepeat ? [] : ['1 repeated without an excuse']);
  });

  it.each([
    ['long before the process was killed', 'app', 'kill', { at: 95_000 }],
    ['by the process that followed the killed one', 'app', 'kill', { at: 105_000 }],
    ['by a replica that was not killed', 'app', 'kill', { at: 100_050, from: 'replica-2@b.io' }],
    ['by a replica that did not freeze', 'app', 'pause', { at: 100_050, from: 'replica-2@b.io' }],
    ['after the process had resumed', 'app', 'pause', { at: 111_000 }],
    ['before answers were lost', 'smtp', 'cut', { at: 95_000 }],
    ['after answers had been lost', 'smtp', 'cut', { at: 112_000 }],
    ['after the mail server had been killed', 'smtp', 'kill', { at: 111_000 }],
  ] as const)('refuses to excuse a mail that was delivered %s', (_, dependency, kind, first) => {
    expect(repeated({ dependency, kind }, first)).toEqual(['1 repeated without an excuse']);
  });

  it.each([
    ['redis', { getAvailability: 0.99 }, 'GET 99.00 %'],
    ['kafka', { postAvailability: 0.998 }, 'POST 99.80 %'],
    ['smtp', { normalP99Ms: 100, faultP99Ms: 201 }, 'POST p99 201 ms'],
    ['mysql', { slowestFaultPostMs: 2001 }, 'an answer after 2001 ms'],
    ['app', { healedMs: 30_500 }, 'healed after 30.5 s'],
    ['app', { healedMs: undefined, lacks: '3 mails' }, 'not healed, lacks 3 mails'],
  ] as const)('on %s with %o', (dependency, changes, reason) => {
    const fault = { dependency, kind: 'pause' } as const;

    expect(judge(fault, outcome(changes), { withTimes: true })).toEqual([reason]);
    expect(judge(fault, outcome(changes), { withTimes: false })).toEqual([]);
  });

  it('allows a fast system 150 ms', () => {
    const fault = { dependency: 'redis', kind: 'slow' } as const;

    expect(judge(fault, outcome({ normalP99Ms: 20, faultP99Ms: 149 }), { withTimes: true })).toEqual([]);
  });
});

describe('figures', () => {
  it('tell before from during', () => {
    const posts = [
      { startedAt: 0, ms: 10, status: 201 },
      { startedAt: 95, ms: 50, status: 201 },
      { startedAt: 100, ms: 500, status: 503 },
      { startedAt: 150, ms: 20, status: 201 },
      { startedAt: 200, ms: 30, status: 201 },
    ];
    const gets = [
      { startedAt: 120, ms: 900, status: 200 },
      { startedAt: 300, ms: 1, status: 0 },
    ];

    expect(measure({ posts, gets }, { faultAt: 100, returnedAt: 200 })).toEqual({
      requests: 5,
      slowestMs: 900,
      normalP99Ms: 10,
      faultP99Ms: 500,
      postAvailability: 0.5,
      getAvailability: 1,
      slowest503Ms: 500,
      slowestFaultPostMs: 500,
    });
  });

  it('are as before once ten registrations in a row are fast', () => {
    const posts = (count: number, ms: number) =>
      Array.from({ length: count }, () => ({ startedAt: 5, ms, status: 201 }));

    expect(isFastAgain(posts(10, 150), 5, 20)).toBe(true);
    expect(isFastAgain(posts(9, 20), 5, 20)).toBe(false);
    expect(isFastAgain(posts(10, 20), 6, 20)).toBe(false);
    expect(isFastAgain([...posts(5, 151), ...posts(9, 20)], 5, 20)).toBe(false);
    expect(isFastAgain([...posts(5, 151), ...posts(10, 20)], 5, 20)).toBe(true);
  });

  it('allow one message for each event and what the relay may repeat', () => {
    expect(mostMessages(6000, 9.5)).toBe(6000 + 12 * 500);
  });
});
