import { describe, expect, it } from 'vitest';
import { decodeRecord } from '#shared/kafka/records.ts';
import { parseDeadLetter, toDeadLetter } from '#shared/messages/dead-letter.ts';
import { readFailure } from '#shared/outbox/record-dead-letters.ts';
import { rawRecord, recordOf, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';

const DLQ = { topic: 'user.email.send.dlq' };

describe('toDeadLetter', () => {
  it('contains the record, its key, the reason and the relevant headers', () => {
    const event = testEvent({ generation: 2 });
    const raw = sendRecord(event);
    const { headers } = decodeRecord(raw);

    const letter = toDeadLetter(raw, event.uuid, 'no such user', 3, { ...headers, odd: 'x' });

    expect(letter.key).toBe(event.uuid);
    expect(letter.headers).toMatchObject({ ce_type: 'user.email.dead', ce_id: event.uuid, 'x-generation': '2' });
    expect(letter.headers).not.toHaveProperty('odd');
    expect(parseDeadLetter(letter.value)).toMatchObject({
      condition: 'PermanentFailure',
      reason: 'no such user',
      attempts: 3,
      record: { topic: raw.topic, partition: raw.partition, offset: raw.offset, value: raw.value },
    });
    expect(readFailure(recordOf(letter, DLQ))).toMatchObject({
      eventUuid: event.uuid,
      generation: 2,
      reason: 'no such user',
      failsEvent: true,
    });
  });

  it("is smaller than a record close to the broker's size limit", () => {
    const raw = rawRecord('x'.repeat(1_000_000), { headers: [{ big: Array.from({ length: 100_000 }, () => 65) }] });

    const letter = toDeadLetter(raw, 'k'.repeat(500), 'why', 1, { traceparent: 'x'.repeat(5000) });

    expect(letter.value.length).toBeLessThan(200_000);
    expect(Object.values(letter.headers).join('').length).toBeLessThan(500);
    expect(parseDeadLetter(letter.value).record?.offset).toBe(raw.offset);
  });

  it("cuts a key close to the broker's size limit", () => {
    const key = Buffer.alloc(1_000_000, 'k').toString('base64');

    const letter = toDeadLetter(rawRecord('x', { key }), 'k'.repeat(1_000_000), 'why', 1, {});

    expect(letter.key?.length).toBeLessThan(10_000);
    expect(letter.value.length).toBeLessThan(200_000);
  });

  it('generates a key for a record without one', () => {
    const letter = toDeadLetter(rawRecord(null), null, 'why', 1, {});

    expect(letter.key).toBeNull();
    expect(letter.headers['ce_id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('parsing a dead letter from another producer', () => {
  it.each([
    [null, 'Unknown'],
    ['', 'Unknown'],
    ['garbage', 'Unknown'],
    ['[]', 'Unknown'],
    ['{"requestContext":null,"responseContext":5}', 'Unknown'],
    ['{"requestContext":{"condition":"EventAgeExceeded"},"responseContext":null}', 'EventAgeExceeded'],
    ['{"requestContext":{"condition":"RetriesExhausted"},"responseContext":{"functionError":""}}', 'RetriesExhausted'],
  ])('%j: %s', (value, reason) => {
    expect(parseDeadLetter(value)).toMatchObject({ reason });
  });

  it('accepts the payload as text, as AWS writes it, or as an object', () => {
    const raw = sendRecord(testEvent());
    const payload = { records: { 'user.email.send-0': [raw] } };

    expect(parseDeadLetter(JSON.stringify({ payload })).record?.value).toBe(raw.value);
    expect(parseDeadLetter(JSON.stringify({ payload: JSON.stringify(payload) })).record?.value).toBe(raw.value);
  });

  it.each([
    { value: 7 },
    { value: null, headers: 'x' },
    { value: 'AA==', headers: [null, 5, { a: 'x' }, { b: [1, 'y'] }] },
    { value: {}, key: [], timestamp: 'x', partition: null },
  ])('accepts any record in the payload: %j', (record) => {
    const value = JSON.stringify({ payload: { records: { 'a-0': [record] } } });

    expect(readFailure(rawRecord(value, DLQ)).eventUuid).toBeNull();
  });

  it('identifies the event by the key when the value does not name it', () => {
    const { uuid } = testEvent();
    const key = Buffer.from(uuid.toUpperCase()).toString('base64');

    expect(readFailure(rawRecord('garbage', { ...DLQ, key })).eventUuid).toBe(uuid);
  });

  it('fails no event on another dead-letter topic', () => {
    expect(readFailure(rawRecord('x', { topic: 'user.email.sent.dlq' })).failsEvent).toBe(false);
  });
});
