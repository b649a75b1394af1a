/** The headers of a message in the order they were written, on the object kafkajs makes of them. */
export const ORDERED_HEADERS = Symbol.for('serverless-offline-kafka-events.headers');

export interface WrittenHeader {
  readonly key: string | null;
  readonly value: Buffer | null;
}

interface Decoder {
  readVarIntArray(reader: unknown): unknown[];
}

const PATCHED = Symbol.for('serverless-offline-kafka-events.header-order');

/**
 * kafkajs reduces a record's headers to an object: the order of repeated, or numeric, names is lost, and a header named
 * `constructor` becomes an array. The list it reduces is kept beside that object, which other clients see as before.
 */
export function keepHeaderOrder(require: NodeJS.Require): void {
  const readHeader: unknown = require('kafkajs/src/protocol/recordBatch/header/v0/decoder');
  const { prototype } = require('kafkajs/src/protocol/decoder') as { prototype: Decoder & { [PATCHED]?: true } };
  if (prototype[PATCHED]) return;
  const readVarIntArray = prototype.readVarIntArray;
  prototype.readVarIntArray = function (this: Decoder, reader: unknown) {
    const list = readVarIntArray.call(this, reader);
    if (reader === readHeader && list.length > 0) rememberList(list);
    return list;
  };
  prototype[PATCHED] = true;
}

function rememberList(list: unknown[]): void {
  const reduce = list.reduce;
  Object.defineProperty(list, 'reduce', {
    value(...args: Parameters<typeof reduce>) {
      const headers: unknown = Reflect.apply(reduce, list, args);
      if (typeof headers === 'object' && headers !== null)
        Object.defineProperty(headers, ORDERED_HEADERS, { value: list });
      return headers;
    },
  });
}
