import { describe, expect, it } from 'vitest';
import { moveAddresses } from '#tools/lab/faults/kafka-addresses.ts';

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}
function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
function string(text: string): Buffer {
  return Buffer.concat([int16(text.length), Buffer.from(text)]);
}
function framed(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
}
function request(apiKey: number, version: number, correlation: number) {
  return framed(int16(apiKey), int16(version), int32(correlation), string('client'));
}
function broker(host: string, port: number) {
  return Buffer.concat([int32(1), string(host), int32(port)]);
}

const TOPICS = Buffer.from('whatever follows');
const NO_RACK = int16(-1);
function moved() {
  return moveAddresses(() => ({ host: '127.0.0.1', port: 77 }));
}

describe('the addresses in a broker’s answers', () => {
  it.each([
    [0, [], []],
    [1, [], [NO_RACK]],
    [6, [int32(0)], [NO_RACK]],
  ])('are moved in Metadata version %i', (version, before, after) => {
    const answer = (host: string, port: number) =>
      framed(int32(9), ...before, int32(1), broker(host, port), ...after, TOPICS);
    const connection = moved();

    expect(connection.client(request(3, version, 9))).toEqual(request(3, version, 9));
    expect(connection.server(answer('kafka.example', 9092))).toEqual(answer('127.0.0.1', 77));
  });

  it.each([
    [0, [int16(0)]],
    [2, [int32(0), int16(0), NO_RACK]],
  ])('are moved in FindCoordinator version %i', (version, before) => {
    const answer = (host: string, port: number) => framed(int32(4), ...before, broker(host, port));
    const connection = moved();
    connection.client(request(10, version, 4));

    expect(connection.server(answer('kafka.example', 9092))).toEqual(answer('127.0.0.1', 77));
  });

  it('are found when frames come in pieces, and nothing else is touched', () => {
    const metadata = (host: string, port: number) => framed(int32(2), int32(1), broker(host, port), TOPICS);
    const other = framed(int32(1), Buffer.from('fetched'));
    const connection = moved();
    const asked = Buffer.concat([request(1, 11, 1), request(3, 0, 2), request(3, 9, 3)]);
    connection.client(asked.subarray(0, 20));
    connection.client(asked.subarray(20));

    const flexible = framed(int32(3), Buffer.from('of a version that is not read'));
    const answers = Buffer.concat([other, metadata('kafka.example', 9092), flexible]);
    const received = [answers.subarray(0, 30), answers.subarray(30)].map(connection.server);

    expect(Buffer.concat(received)).toEqual(Buffer.concat([other, metadata('127.0.0.1', 77), flexible]));
  });
});
