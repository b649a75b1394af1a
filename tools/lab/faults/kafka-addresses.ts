export type Address = { host: string; port: number };

/** Changes what each side sends before the other receives it. */
export type Change = { client: (chunk: Buffer) => Buffer; server: (chunk: Buffer) => Buffer };

type Request = { apiKey: number; version: number };

const metadata = 3;
const findCoordinator = 10;
/** From these versions on the protocol encodes strings differently; kafkajs requests older ones. */
const firstFlexible = { [metadata]: 9, [findCoordinator]: 3 };

/** Reads a buffer of Kafka's classic encoding from front to back. */
function readerOf(buffer: Buffer) {
  let at = 0;
  const skip = (bytes: number) => {
    at += bytes;
  };
  const int32 = () => {
    at += 4;
    return buffer.readInt32BE(at - 4);
  };
  const string = () => {
    const length = buffer.readInt16BE(at);
    at += 2 + Math.max(0, length);
    return buffer.toString('utf8', at - Math.max(0, length), at);
  };
  return { skip, int32, string, position: () => at };
}

function encoded({ host, port }: Address) {
  const name = Buffer.from(host);
  const result = Buffer.alloc(2 + name.length + 4);
  result.writeInt16BE(name.length, 0);
  name.copy(result, 2);
  result.writeInt32BE(port, 2 + name.length);
  return result;
}

/** Finds the addresses in the body of an answer. */
function addressesIn({ apiKey, version }: Request, body: Buffer): { from: number; to: number; address: Address }[] {
  const reader = readerOf(body);
  const next = () => {
    const from = reader.position();
    const address = { host: reader.string(), port: reader.int32() };
    return { from, to: reader.position(), address };
  };
  if (apiKey === findCoordinator) {
    if (version >= 1) reader.skip(4);
    reader.skip(2);
    if (version >= 1) reader.string();
    reader.skip(4);
    return [next()];
  }
  if (version >= 3) reader.skip(4);
  return Array.from({ length: Math.max(0, reader.int32()) }, () => {
    reader.skip(4);
    const found = next();
    if (version >= 1) reader.string();
    return found;
  });
}

/** Collects chunks into whole frames, each with its length in front. */
function frames(): (chunk: Buffer) => Buffer[] {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const whole: Buffer[] = [];
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      whole.push(held.subarray(0, end));
      held = held.subarray(end);
    }
    return whole;
  };
}

/**
 * Replaces, on one connection, the addresses that a broker sends its clients: otherwise they would bypass its proxy.
 * @returns what each side sends, as the other receives it
 */
export function moveAddresses(move: (address: Address) => Address): Change {
  const asked: Map<number, Request> = new Map();
  const requests = frames();
  const responses = frames();

  const note = (frame: Buffer) => {
    const request = { apiKey: frame.readInt16BE(4), version: frame.readInt16BE(6) };
    const limit = firstFlexible[request.apiKey as 3 | 10];
    if (limit !== undefined && request.version < limit) asked.set(frame.readInt32BE(8), request);
  };

  const rewrite = (frame: Buffer) => {
    const correlation = frame.readInt32BE(4);
    const request = asked.get(correlation);
    if (request === undefined) return frame;
    asked.delete(correlation);
    const body = frame.subarray(8);
    const parts: Buffer[] = [];
    let at = 0;
    for (const { from, to, address } of addressesIn(request, body)) {
      parts.push(body.subarray(at, from), encoded(move(address)));
      at = to;
    }
    const changed = Buffer.concat([frame.subarray(0, 8), ...parts, body.subarray(at)]);
    changed.writeInt32BE(changed.length - 4, 0);
    return changed;
  };

  return {
    client: (chunk) => {
      for (const frame of requests(chunk)) note(frame);
      return chunk;
    },
    server: (chunk) => Buffer.concat(responses(chunk).map(rewrite)),
  };
}
