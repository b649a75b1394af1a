import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A mail that the mail server answered 250 to. */
export interface Mail {
  to: string;
  /** the sender's address, which names the replica, or empty */
  from: string;
  /** without its angle brackets, or empty */
  messageId: string;
  /** or empty */
  traceparent: string;
  /** when it arrived, see {@link sharedNow} */
  at: number;
  bytes: number;
}

/** Milliseconds on the machine's monotonic clock, which all of its processes share. */
export function sharedNow() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @param raw a mail, headers first */
function headerOf(raw: string, name: string) {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/) >>> 0).replace(/\r?\n[ \t]+/g, ' ');
  const line = new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head);
  return line?.[1] ?? '';
}

/** The journal's lines for a mail, one for each recipient. */
export function toLines(recipients: readonly string[], raw: string, at: number) {
  const messageId = headerOf(raw, 'message-id').replace(/^<|>$/g, '');
  const from = headerOf(raw, 'from').replace(/^.*<|>$/g, '');
  const mail = { from, messageId, traceparent: headerOf(raw, 'traceparent'), at, bytes: raw.length };
  return recipients.map((to) => `${JSON.stringify({ to, ...mail })}\n`).join('');
}

/**
 * Follows a journal. A partial line, as a killed process may leave, is read once it is complete.
 * @returns reads what was added since the last call and returns every mail so far
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

const everyMs = 20;

/**
 * Waits until `count` recipients whose addresses begin with the tag have a mail.
 * @returns at: when the first mail of each recipient arrived; bytes: of all mails
 * @throws when they have none within the limit
 */
export async function awaitMails(
  mails: () => readonly Mail[],
  { tag, count, limitMs }: { tag: string; count: number; limitMs: number },
) {
  const end = performance.now() + limitMs;
  const at: Map<string, number> = new Map();
  let bytes = 0;
  for (let seen = 0; ; await sleep(everyMs)) {
    const all = mails();
    for (; seen < all.length; seen += 1) {
      const mail = all[seen];
      if (!mail?.to.startsWith(tag)) continue;
      if (!at.has(mail.to)) at.set(mail.to, mail.at);
      bytes += mail.bytes;
    }
    if (at.size >= count) return { at, bytes };
    if (performance.now() > end) throw new Error(`${at.size} of ${count} mails arrived within ${limitMs / 1000} s`);
  }
}
