import { describe, expect, it } from 'vitest';
import {
  type EventMessage,
  MalformedMessageError,
  parseEventMessage,
  parseInstant,
  toMessage,
} from '#shared/messages/event-message.ts';

/** The format in which Jackson writes an Instant: 1795354421.995996059. */
const SPRING_SECONDS = Number('1795354421.995996059');
const UUID = '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d';
const WIRE = { uuid: UUID, eventState: 'PROCESSING', userEmail: 'ann@b.io', addedAt: '2026-01-02T03:04:05.678Z' };
const EVENT: EventMessage = {
  uuid: UUID,
  userEmail: 'ann@b.io',
  eventState: 'PROCESSING',
  addedAt: new Date('2026-01-02T03:04:05.678Z'),
  processedAt: null,
  generation: 0,
  traceparent: null,
};

function parse(value: unknown, headers: Record<string, string> = {}, timestamp = 1_767_323_045_678) {
  return parseEventMessage({ value: typeof value === 'string' ? value : JSON.stringify(value), headers, timestamp });
}

describe('parseInstant', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.678912345Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T04:04:05+01:00', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04Z', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    [SPRING_SECONDS, '2026-11-22T13:33:41.995Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [1795354421, '2026-11-22T13:33:41.000Z'],
  ])('parses %s as %s', (given, expected) => {
    expect(parseInstant(given)?.toISOString()).toBe(expected);
  });

  it.each([null, undefined])('returns null for %s', (given) => {
    expect(parseInstant(given)).toBeNull();
  });

  it.each([
    '',
    'yesterday',
    '5',
    'foo 1',
    '1795354421.99',
    '2026-13-01T00:00:00Z',
    '2026-01-02T25:00:00Z',
    '02.01.2026',
    -1,
    1e15,
    Number.MAX_VALUE,
    '+012026-01-01T00:00:00Z',
  ])('rejects %s as malformed', (given) => {
    expect(() => parseInstant(given)).toThrow('Malformed message');
  });
});

describe('parseEventMessage', () => {
  it('reads the Spring format: seconds with a fraction, unknown fields and a null', () => {
    const event = parse({ ...WIRE, addedAt: SPRING_SECONDS, processedAt: null, extra: { a: [1] } });

    expect(event).toMatchObject({ uuid: UUID, processedAt: null, generation: 0, traceparent: null });
    expect(event.addedAt.toISOString()).toBe('2026-11-22T13:33:41.995Z');
  });

  it.each([
    [{}, 0],
    [{ 'x-generation': '3' }, 3],
    [{ 'x-generation': '-1' }, 0],
    [{ 'x-generation': 'x' }, 0],
    [{ 'x-generation': '1000000' }, 1_000_000],
    [{ 'x-generation': '' }, 0],
  ])('with headers %j, reads generation %i', (headers, generation) => {
    expect(parse(WIRE, headers).generation).toBe(generation);
  });

  it.each(['1000001', '999999999', '9'.repeat(400)])(
    'rejects generation %s, which no operator can reach',
    (generation) => {
      expect(() => parse(WIRE, { 'x-generation': generation })).toThrow(MalformedMessageError);
    },
  );

  it('uses the record time when the event has none', () => {
    expect(parse({ ...WIRE, addedAt: null }, {}, 1_767_323_045_678).addedAt.getTime()).toBe(1_767_323_045_678);
  });

  it.each(['FINISHED', 'FAILED', 'PROCESSING'])('reads state %s', (eventState) => {
    expect(parse({ ...WIRE, eventState }).eventState).toBe(eventState);
  });

  it.each([undefined, null, 'SOMETHING'])('reads state %s as PROCESSING', (eventState) => {
    expect(parse({ ...WIRE, eventState }).eventState).toBe('PROCESSING');
  });

  it('composes the address', () => {
    expect(parse({ ...WIRE, userEmail: 'a\u0308@b.io' }).userEmail).toBe('\u00e4@b.io');
  });

  it('normalises the uuid to lower case', () => {
    expect(parse({ ...WIRE, uuid: UUID.toUpperCase() }).uuid).toBe(UUID);
  });

  it.each([
    ['no JSON', '}{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', []],
    ['no uuid', { ...WIRE, uuid: undefined }],
    ['a wrong uuid', { ...WIRE, uuid: 'x' }],
    ['no address', { ...WIRE, userEmail: undefined }],
    ['an address with a line break', { ...WIRE, userEmail: 'a@b.io\r\nBcc: c@d.io' }],
    ['a quoted address with a line break', { ...WIRE, userEmail: '"a\r\nb"@b.io' }],
    ['no address at all', { ...WIRE, userEmail: 'nobody' }],
    ['a time that is none', { ...WIRE, addedAt: 'x' }],
    ['a time that is an object', { ...WIRE, addedAt: {} }],
  ])('rejects %s as malformed', (_, value) => {
    expect(() => parse(value)).toThrow(/^Malformed message: .+/);
  });

  it.each(['a,b@c.io', '"a b"@c.io', '[x]@c.io', 'a\u0000b@c.io', 'a\u202eb@c.io', 'a\u200b@c.io'])(
    'rejects the address %j',
    (userEmail) => {
      expect(() => parse({ ...WIRE, userEmail })).toThrow(/^Malformed message: .+/);
    },
  );

  it("rejects a record time outside the database's range", () => {
    expect(() => parse({ ...WIRE, addedAt: null }, {}, 1_767_323_045_678_000)).toThrow('Malformed message');
    expect(() => parse({ ...WIRE, addedAt: null }, {}, Number.NaN)).toThrow('Malformed message');
  });
});

describe('toMessage', () => {
  it('writes exactly the fields that the Spring services read, with ISO times', () => {
    const processedAt = new Date('2026-01-02T03:04:06Z');

    const message = toMessage('user.email.sent', { ...EVENT, eventState: 'FINISHED', processedAt });

    expect(message.key).toBe(UUID);
    expect(message.value).toBe(
      `{"uuid":"${UUID}","eventState":"FINISHED","userEmail":"ann@b.io","addedAt":"2026-01-02T03:04:05.678Z","processedAt":"2026-01-02T03:04:06.000Z"}`,
    );
  });

  it('writes null when the event is not processed yet', () => {
    expect(JSON.parse(toMessage('user.email.send', EVENT).value)).toEqual({ ...WIRE, processedAt: null });
  });

  it('puts metadata into CloudEvents headers', () => {
    expect(toMessage('user.email.send', EVENT).headers).toEqual({
      ce_specversion: '1.0',
      ce_id: UUID,
      ce_type: 'user.email.send',
      ce_source: '/registration',
      ce_time: '2026-01-02T03:04:05.678Z',
      'content-type': 'application/json',
    });
  });

  it('adds the generation and the trace when present', () => {
    const { headers } = toMessage('user.email.send', { ...EVENT, generation: 4, traceparent: '00-a-b-01' });

    expect(headers).toMatchObject({ 'x-generation': '4', traceparent: '00-a-b-01' });
  });
});
