import { describe, expect, it } from 'vitest';
import { type LogLine, timelineOf } from '#dashboard/timeline.ts';
import type { DeliveryView } from '#shared/notifications/delivery-schemas.ts';
import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';

const uuid = '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d';
const startsAt = Date.parse('2026-01-31T12:00:00.000Z');

function timeAt(ms: number): string {
  return new Date(startsAt + ms).toISOString();
}

const event: PipelineEvent = {
  uuid,
  eventState: 'FINISHED',
  userEmail: 'ann@b.io',
  topic: 'user.email.send',
  attempts: 1,
  reason: null,
  addedAt: timeAt(40),
  publishedAt: timeAt(60),
  processedAt: timeAt(120),
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

const delivery: DeliveryView = {
  uuid,
  status: 'SENT',
  attempts: 0,
  reason: null,
  partition: 2,
  offset: 7,
  takenInAt: timeAt(70),
  nextAttemptAt: null,
  sentAt: timeAt(110),
};

function line(ms: number, message: string, fields: Record<string, unknown> = {}): LogLine {
  return { at: startsAt + ms, level: 'INFO', message, fields };
}

const lines = [
  line(48, 'Registration accepted', { uuid, hashMs: 40 }),
  line(58, 'Event published', { uuid }),
  line(110, 'Mail sent', { uuid, ms: 30 }),
  line(125, 'Events confirmed'),
];

function titles(...given: Parameters<typeof timelineOf>): string[] {
  return timelineOf(...given).map(({ title, at }) => `${at - startsAt} ${title}`);
}

describe('timelineOf', () => {
  it('shows every step from HTTP to confirmed, from the tables and the log', () => {
    expect(titles({ event, delivery, lines })).toEqual([
      '0 Received over HTTP',
      '40 Password hashed',
      '48 Committed',
      '58 Published',
      '70 Consumed and claimed',
      '80 Handed over',
      '110 Accepted',
      '125 Confirmed',
    ]);
  });

  it('needs no log', () => {
    expect(titles({ event, delivery, lines: [] })).toEqual([
      '40 Registered',
      '60 Published',
      '70 Consumed and claimed',
      '110 Accepted',
      '120 Confirmed',
    ]);
  });

  it('ends where the event waits', () => {
    const waiting = { ...event, eventState: 'PROCESSING' as const, publishedAt: null, processedAt: null };
    expect(titles({ event: waiting, delivery: undefined, lines: [] })).toEqual(['40 Registered']);
  });

  it('shows refusals, the dead letter with its reason, and the retry', () => {
    const failed = {
      ...event,
      eventState: 'FAILED' as const,
      reason: '550 5.1.1 no such user',
      processedAt: timeAt(200),
    };
    const refused = [
      line(110, 'Mail not sent', { uuid, reason: '451 4.7.1 come back later' }),
      line(150, 'Events relayed', { again: true }),
      line(300, 'Audit', { action: 'event retried', uuid }),
    ];
    const steps = timelineOf({ event: failed, delivery: { ...delivery, sentAt: null }, lines: refused });

    expect(steps.map(({ title, tone }) => `${title} ${tone}`)).toEqual([
      'Registered ok',
      'Published ok',
      'Consumed and claimed ok',
      'Not accepted warn',
      'Published again ok',
      'Dead letter bad',
      'Retried ok',
    ]);
    expect(steps.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining(['451 4.7.1 come back later', '550 5.1.1 no such user']),
    );
  });

  it('keeps the dead letter after a retry, and shows the reason of the latest one', () => {
    const letters = [
      line(150, 'Mail not sent', { uuid, reason: '550 5.1.1 no such user' }),
      line(200, 'Dead letters recorded', { failed: 1 }),
      line(210, 'Dead letters recorded', { failed: 0 }),
      line(300, 'Audit', { action: 'event retried', uuid }),
    ];
    const shown = (...given: Parameters<typeof timelineOf>) =>
      timelineOf(...given)
        .map(({ title, detail }) => `${title} ${detail}`)
        .slice(3);
    const retried = { ...event, processedAt: timeAt(400) };
    const refused = { ...retried, eventState: 'FAILED' as const, reason: '552 mailbox full' };
    const steps = ['Not accepted 550 5.1.1 no such user', 'Dead letter ', 'Retried by an operator'];

    expect(shown({ event: retried, delivery: { ...delivery, sentAt: timeAt(390) }, lines: letters })).toEqual([
      ...steps,
      'Accepted 250 from the mail server',
      'Confirmed ',
    ]);
    expect(
      shown({
        event: refused,
        delivery: { ...delivery, sentAt: null },
        lines: [...letters, line(401, 'Dead letters recorded', { failed: 1 })],
      }),
    ).toEqual([...steps, 'Dead letter 552 mailbox full']);
  });

  it('fills the width with bars, end to end', () => {
    const steps = timelineOf({ event, delivery, lines });
    expect(steps.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100);
    for (const [index, { from }] of steps.entries()) {
      const { from: before = 0, width = 0 } = steps[index - 1] ?? {};
      expect(from).toBeCloseTo(before + width);
    }
  });
});
