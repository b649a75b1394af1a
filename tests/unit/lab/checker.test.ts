import { describe, expect, it } from 'vitest';
import { check, isSettled } from '#tools/lab/chaos/checker.ts';

const TRACE = 'a'.repeat(32);

/** A registration that went well, and what is left of it. */
function good(name: string) {
  return {
    registration: { email: `${name}@b.io`, status: 201, traceId: TRACE },
    user: `${name}@b.io`,
    event: { uuid: `uuid-${name}`, email: `${name}@b.io`, state: 'FINISHED', reason: null },
    mail: {
      to: `${name}@b.io`,
      from: 'replica-1@b.io',
      messageId: `uuid-${name}@registration.example`,
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
      at: 1,
      bytes: 100,
    },
  };
}

type Part = ReturnType<typeof good>;

function evidence(parts: readonly Partial<Part>[], identity: 'event' | 'recipient' = 'event') {
  return {
    registrations: parts.flatMap(({ registration }) => registration ?? []),
    users: parts.flatMap(({ user }) => user ?? []),
    events: parts.flatMap(({ event }) => event ?? []),
    mails: parts.flatMap(({ mail }) => mail ?? []),
    excuses: [],
    identity,
  };
}

const CLEAN = { duplicates: 0, unexcused: 0, foreignIds: 0, lost: 0, unfinished: 0, failed: 0, problems: [] };

describe('the checker', () => {
  it('finds nothing where all went well', () => {
    const found = check(evidence([good('a'), good('b')]));

    expect(found).toEqual({ accepted: 2, unanswered: 0, mails: 2, ...CLEAN });
    expect(isSettled(found)).toBe(true);
  });

  it('expects nothing of a registration that was refused', () => {
    const registration = { email: 'c@b.io', status: 503, traceId: TRACE };

    expect(check(evidence([good('a'), { registration }]))).toEqual({ accepted: 1, unanswered: 0, mails: 1, ...CLEAN });
  });

  it('takes a committed registration for one although its answer was lost', () => {
    const { mail, ...unmailed } = good('a');
    const unanswered = { ...unmailed, registration: { ...unmailed.registration, status: 0 } };

    expect(check(evidence([{ ...unanswered, mail }]))).toMatchObject({ accepted: 0, unanswered: 1, lost: 0 });
    expect(check(evidence([unanswered]))).toMatchObject({ unanswered: 1, lost: 1 });
  });

  it('counts a 201 without a mail as lost', () => {
    const { mail: _, ...unmailed } = good('a');

    const found = check(evidence([unmailed, good('b')]));

    expect(found).toMatchObject({ lost: 1, duplicates: 0 });
    expect(isSettled(found)).toBe(false);
  });

  it('counts a 201 without a row as lost, and says so', () => {
    const { registration } = good('a');

    expect(check(evidence([{ registration }]))).toMatchObject({
      lost: 1,
      problems: ['1 answered 201 without a user row, such as a@b.io'],
    });
  });

  it('tells a mail that is repeated under its Message-ID from one that is not', () => {
    const { mail } = good('a');

    expect(check(evidence([good('a'), { mail }]))).toMatchObject({ duplicates: 1, foreignIds: 0 });
    for (const messageId of ['other@registration.example', 'uuid-a@other.example'])
      expect(check(evidence([good('a'), { mail: { ...mail, messageId } }]))).toMatchObject({
        duplicates: 1,
        foreignIds: 1,
      });
  });

  it.each([
    ['PROCESSING', { unfinished: 1, failed: 0 }],
    ['FAILED', { unfinished: 0, failed: 1 }],
    ['FINISHED', { unfinished: 0, failed: 0 }],
  ])('counts an event that is %s', (state, counts) => {
    const part = good('a');

    expect(check(evidence([{ ...part, event: { ...part.event, state } }]))).toMatchObject(counts);
  });

  it('names what else must not be', () => {
    const [a, b, c, d] = [good('a'), good('b'), good('c'), good('d')];
    const parts = [
      { ...a, event: { ...a.event, email: 'x@b.io' } },
      { ...b, mail: { ...b.mail, traceparent: '' } },
      { mail: c.mail },
      d,
      { event: { ...d.event, uuid: 'second' } },
    ];

    expect(check(evidence(parts)).problems).toEqual([
      '1 users without an event, such as a@b.io',
      '1 mails to nobody who is registered, such as c@b.io',
      '1 events without a user, such as x@b.io',
      '1 users with several events, such as d@b.io',
      '1 mails outside the trace of their request, such as b@b.io',
    ]);
  });

  it('matches by recipient alone where mails do not name their event', () => {
    const part = good('a');
    const mail = { ...part.mail, messageId: 'random', traceparent: '' };

    expect(check(evidence([{ ...part, mail }], 'recipient'))).toMatchObject({ ...CLEAN, mails: 1 });
    expect(check(evidence([{ ...part, mail }, { mail }], 'recipient'))).toMatchObject({ duplicates: 1, problems: [] });
  });
});
