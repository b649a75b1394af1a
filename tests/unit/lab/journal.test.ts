import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followJournal, toLine } from '#tools/lab/chaos/journal.ts';

const TRACEPARENT = `00-${'a'.repeat(32)}-00f067aa0ba902b7-01`;
const RAW = `From: a@b.io\r\nMessage-ID:\r\n <u1@registration.example>\r\ntraceparent: ${TRACEPARENT}\r\n\r\nMessage-ID: <other>\r\n`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the journal of mails', () => {
  it('keeps recipient, Message-ID and trace of each mail, read from its headers alone', () => {
    const file = path.join(folder, 'mails');
    const mails = followJournal(file);
    expect(mails()).toEqual([]);

    appendFileSync(file, toLine('c@b.io', RAW, 5));
    appendFileSync(file, toLine('d@b.io', '\r\nnothing', 6));

    expect(mails()).toEqual([
      { to: 'c@b.io', messageId: 'u1@registration.example', traceparent: TRACEPARENT, at: 5 },
      { to: 'd@b.io', messageId: '', traceparent: '', at: 6 },
    ]);
  });

  it('is read on from where it ended, a line once it is whole', () => {
    const file = path.join(folder, 'mails');
    const mails = followJournal(file);
    const line = toLine('c@b.io', RAW, 5);

    appendFileSync(file, line + line.slice(0, 10));
    expect(mails()).toHaveLength(1);
    appendFileSync(file, line.slice(10));
    expect(mails()).toHaveLength(2);
  });
});
