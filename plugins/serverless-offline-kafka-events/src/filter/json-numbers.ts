import { randomBytes } from 'node:crypto';

// JSON.parse turns 3.0e2 into 300, but AWS compares an exact number by how it is written. So numbers are parsed as strings
// that begin with a mark no record can guess.
const MARK = `\u0000${randomBytes(12).toString('hex')}:`;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number as the record spells it. */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON.parse that keeps how numbers are written. @throws SyntaxError */
export function parseKeepingNumbers(text: string): unknown {
  JSON.parse(text);
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? new WrittenNumber(value.slice(MARK.length)) : value,
  );
}
