import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** A mail that the mail server answered 250 to. */
export interface Mail {
  to: string;
  /** without its angle brackets, or empty */
  messageId: string;
  /** or empty */
  traceparent: string;
  /** milliseconds since 1970 */
  at: number;
}

/**
 * @param raw a mail, headers first
 * @param name of a header
 */
function headerOf(raw: string, name: string) {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/) >>> 0).replace(/\r?\n[ \t]+/g, ' ');
  const line = new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head);
  return line?.[1] ?? '';
}

/** The journal's line for one recipient of a mail. */
export function toLine(to: string, raw: string, at: number) {
  const messageId = headerOf(raw, 'message-id').replace(/^<|>$/g, '');
  return `${JSON.stringify({ to, messageId, traceparent: headerOf(raw, 'traceparent'), at })}\n`;
}

/**
 * Takes in what a journal has gained since the last look; half a line, as a process that was killed may leave, stays where it is.
 * @returns every mail so far
 */
export function followJournal(file: string): () => readonly Mail[] {
  const mails: Mail[] = [];
  let offset = 0;
  return () => {
    if (!existsSync(file)) return mails;
    const added = readFrom(file, offset);
    const end = added.lastIndexOf('\n') + 1;
    offset += end;
    for (const line of added.subarray(0, end).toString('utf8').split('\n')) {
      if (line !== '') mails.push(JSON.parse(line));
    }
    return mails;
  };
}

function readFrom(file: string, offset: number) {
  const descriptor = openSync(file, 'r');
  try {
    const added = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
    return added.subarray(0, readSync(descriptor, added, 0, added.length, offset));
  } finally {
    closeSync(descriptor);
  }
}
