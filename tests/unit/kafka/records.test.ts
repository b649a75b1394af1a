import { describe, expect, it } from 'vitest';
import { decodeRecord, recordsOf } from '#shared/kafka/records.ts';
import { parseMessages } from '#shared/messages/parse-messages.ts';
import { byUuid } from '#shared/notifications/receive-messages.ts';
import { rawRecord, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';

describe('decodeRecord', () => {
  it('decodes the signed header bytes that Lambda writes', () => {
    const raw = rawRecord('x', { headers: [{ name: [-61, -92, 33] }, { twice: [97] }, { twice: [98] }] });

    expect(decodeRecord(raw).headers).toEqual({ name: 'ä!', twice: 'b' });
  });

  it('reads a missing key or value as null and an empty one as empty', () => {
    const { key: _key, value: _value, headers: _headers, ...bare } = rawRecord('x');

    expect(decodeRecord(bare)).toMatchObject({ key: null, value: null, headers: {} });
    expect(decodeRecord({ ...bare, key: '', value: '' })).toMatchObject({ key: '', value: '' });
    expect(decodeRecord({ ...bare, key: null, value: null })).toMatchObject({ key: null, value: null });
  });
});

describe('recordsOf', () => {
  it('returns the records of all partitions', () => {
    const [a, b, c] = [rawRecord('a'), rawRecord('b'), rawRecord('c')];

    expect(recordsOf({ eventSource: 'x', records: { 't-0': [a, b], 't-1': [], 't-2': [c] } })).toEqual([a, b, c]);
  });
});

describe('parseMessages', () => {
  it('returns each event once, with its highest generation', async () => {
    const [event, other] = [testEvent(), testEvent()];
    const batch = [0, 2, 1].map((generation) => sendRecord({ ...event, generation }));

    const { messages, deadLetters } = await parseMessages([...batch, sendRecord(other)]);
    const events = byUuid(messages);

    expect([...events.keys()]).toEqual([event.uuid, other.uuid]);
    expect(events.get(event.uuid)?.generation).toBe(2);
    expect(deadLetters).toEqual([]);
  });

  it('keeps the first of equal messages, so that a redelivery decides the same', async () => {
    const event = testEvent();
    const [first, second] = [sendRecord(event), sendRecord(event)];

    expect(byUuid((await parseMessages([first, second])).messages).get(event.uuid)?.record).toBe(first);
  });

  it('returns one dead letter per record that is not an event', async () => {
    const { messages, deadLetters } = await parseMessages([rawRecord('x', { key: 'a2V5' }), rawRecord(null)]);

    expect(messages).toEqual([]);
    expect(deadLetters.map(({ key }) => key)).toEqual(['key', null]);
  });
});
