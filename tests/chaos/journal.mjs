import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * A mail that the mail server answered 250 to.
 * @typedef {object} Mail
 * @property {string} to
 * @property {string} messageId without its angle brackets, or empty
 * @property {string} traceparent or empty
 * @property {number} at milliseconds since 1970
 */

/**
 * @param {string} raw a mail, headers first
 * @param {string} name of a header
 */
const headerOf = (raw, name) => {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/) >>> 0).replace(/\r?\n[ \t]+/g, ' ');
  const line = new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head);
  return line?.[1] ?? '';
};

/**
 * The journal's line for one recipient of a mail.
 * @param {string} to
 * @param {string} raw
 * @param {number} at
 */
export const toLine = (to, raw, at) => {
  const messageId = headerOf(raw, 'message-id').replace(/^<|>$/g, '');
  return `${JSON.stringify({ to, messageId, traceparent: headerOf(raw, 'traceparent'), at })}\n`;
};

/**
 * Takes in what a journal has gained since the last look; half a line, as a process that was killed may leave, stays where it is.
 * @param {string} file
 * @returns {() => readonly Mail[]} every mail so far
 */
export const followJournal = (file) => {
  /** @type {Mail[]} */
  const mails = [];
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
};

/**
 * @param {string} file
 * @param {number} offset
 */
const readFrom = (file, offset) => {
  const descriptor = openSync(file, 'r');
  try {
    const added = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
    return added.subarray(0, readSync(descriptor, added, 0, added.length, offset));
  } finally {
    closeSync(descriptor);
  }
};
