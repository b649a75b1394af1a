import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { outcomeOf, withoutAddress } from '#shared/mail/mail-outcome.ts';
import { parseDeadLetter, toDeadLetter } from '#shared/messages/dead-letter.ts';
import {
  type EventMessage,
  MalformedMessageError,
  parseEventMessage,
  parseInstant,
  toMessage,
} from '#shared/messages/event-message.ts';
import { parseMessages } from '#shared/messages/parse-messages.ts';
import { continueTrace } from '#shared/observability/trace-context.ts';
import { readFailure } from '#shared/outbox/record-dead-letters.ts';
import { recordOf } from '#tests/helpers/raw-records.ts';

const instant = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const event: fc.Arbitrary<EventMessage> = fc.record({
  uuid: fc.uuid(),
  userEmail: fc.emailAddress(),
  eventState: fc.constantFrom('PROCESSING', 'FINISHED', 'FAILED'),
  addedAt: instant,
  processedAt: fc.option(instant),
  generation: fc.nat({ max: 1_000_000 }),
  traceparent: fc.option(fc.string()),
});

const base64 = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.json().map((text) => Buffer.from(text).toString('base64')),
  fc
    .record({ uuid: fc.uuid(), userEmail: fc.emailAddress(), addedAt: fc.anything(), processedAt: fc.anything() })
    .map((value) => {
      try {
        return Buffer.from(JSON.stringify(value)).toString('base64');
      } catch {
        return '';
      }
    }),
);
function absentOr<T>(value: fc.Arbitrary<T>) {
  return fc.option(value);
}
const raw: fc.Arbitrary<RawRecord> = fc.record({
  topic: fc.constantFrom('user.email.send', 'user.email.send.dlq', 'other'),
  partition: fc.nat(),
  offset: fc.nat(),
  timestamp: fc.oneof(fc.integer(), fc.double()),
  key: absentOr(base64),
  value: absentOr(base64),
  headers: fc.array(fc.dictionary(fc.string(), fc.array(fc.integer({ min: -128, max: 255 })), { maxKeys: 2 })),
});

describe('messages', () => {
  it('parse as they were written', () => {
    fc.assert(
      fc.property(event, (given) => {
        const read = parseEventMessage({
          ...decodeRecord(recordOf(toMessage('user.email.send', given))),
          timestamp: 0,
        });

        expect(read).toEqual({ ...given, uuid: given.uuid.toLowerCase() });
      }),
    );
  });

  it('of any content are parsed or rejected with our error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(raw), async (records) => {
        const { messages, deadLetters } = await parseMessages(records);

        expect(messages.length + deadLetters.length).toBe(records.length);
        for (const { addedAt } of messages) expect(addedAt.getUTCFullYear()).toBeLessThanOrEqual(9999);
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseInstant', () => {
  it("returns a time within the database's range, or none", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double(),
          fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
        ),
        (given) => {
          try {
            const year = parseInstant(given)?.getUTCFullYear() ?? 0;
            expect(year >= 1970 && year <= 9999).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedMessageError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('reads both formats of one instant alike, to the millisecond', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const seconds = Number(
          `${Math.floor(date.getTime() / 1000)}.${String(date.getTime() % 1000).padStart(3, '0')}`,
        );

        expect(parseInstant(date.toISOString())).toEqual(date);
        expect(Math.abs((parseInstant(seconds)?.getTime() ?? 0) - date.getTime())).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('dead letters', () => {
  it('parse as they were written', () => {
    fc.assert(
      fc.property(raw, fc.string({ minLength: 1 }), fc.nat(), (record, reason, attempts) => {
        const letter = toDeadLetter(record, 'key', reason, attempts, decodeRecord(record).headers);
        const read = parseDeadLetter(letter.value);

        expect(read).toMatchObject({ condition: 'PermanentFailure', reason, attempts });
        expect(read.record).toMatchObject({ topic: record.topic, offset: record.offset, value: record.value });
      }),
    );
  });

  it('of any bytes are parsed', () => {
    fc.assert(
      fc.property(raw, (record) => {
        expect(readFailure(record).topic).toBe(record.topic);
      }),
      { numRuns: 500 },
    );
  });

  it('with any envelope are parsed', () => {
    const envelope = fc.record({
      requestContext: fc.anything(),
      responseContext: fc.oneof(fc.anything(), fc.record({ functionError: fc.anything() })),
      payload: fc.oneof(
        fc.anything(),
        fc.json(),
        fc.record({
          records: fc.dictionary(
            fc.string(),
            fc.array(
              fc.record({ value: fc.anything(), key: fc.anything(), headers: fc.anything(), timestamp: fc.anything() }),
            ),
          ),
        }),
      ),
    });
    fc.assert(
      fc.property(envelope, (value) => {
        let text: string;
        try {
          text = JSON.stringify(value);
        } catch {
          return;
        }
        const { reason, generation } = readFailure(recordOf({ key: null, value: text, headers: {} }));

        expect(typeof reason).toBe('string');
        expect(Number.isSafeInteger(generation)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('any value', () => {
  it('thrown by a mail client yields an outcome without an address', () => {
    fc.assert(
      fc.property(fc.anything(), fc.emailAddress(), (thrown, address) => {
        const outcome = withoutAddress(outcomeOf(thrown), address);

        expect(['refused-for-good', 'refused-for-now', 'server-down']).toContain(outcome.kind);
      }),
    );
  });

  it('in a traceparent yields a trace', () => {
    fc.assert(
      fc.property(fc.option(fc.string(), { nil: undefined }), (header) => {
        expect(continueTrace(header).traceId).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });
});
