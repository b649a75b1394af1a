import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitMails, followJournal, toLines } from '#tools/lab/systems/mail-journal.ts';

const TRACEPARENT = `00-${'a'.repeat(32)}-00f067aa0ba902b7-01`;
const RAW = `From: a@b.io\r\nMessage-ID:\r\n <u1@registration.example>\r\ntraceparent: ${TRACEPARENT}\r\n\r\nMessage-ID: <other>\r\n`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the journal of mails', () => {
  it('keeps recipient, sender, Message-ID and trace of each mail, read from its headers alone', () => {
    const file = path.join(folder, 'mails');
    const mails = followJournal(file);
    expect(mails()).toEqual([]);

    appendFileSync(file, toLines(['c@b.io'], RAW, 5));
    appendFileSync(file, toLines(['d@b.io', 'e@b.io'], '\r\nnothing', 6));

    const none = { from: '', messageId: '', traceparent: '' };
    const kept = { from: 'a@b.io', messageId: 'u1@registration.example', traceparent: TRACEPARENT };
    expect(mails()).toEqual([
      { to: 'c@b.io', ...kept, at: 5, bytes: RAW.length },
      { to: 'd@b.io', ...none, at: 6, bytes: 9 },
      { to: 'e@b.io', ...none, at: 6, bytes: 9 },
    ]);
  });

  it('is read on from where it ended, a line once it is whole', () => {
    const file = path.join(folder, 'mails');
    const mails = followJournal(file);
    const line = toLines(['c@b.io'], RAW, 5);

    appendFileSync(file, line + line.slice(0, 10));
    expect(mails()).toHaveLength(1);
    appendFileSync(file, line.slice(10));
    expect(mails()).toHaveLength(2);
  });

  it('is waited for until every recipient of a tag has a mail', async () => {
    const mail = (to: string, at: number) => ({ to, at, bytes: 10, from: '', messageId: '', traceparent: '' });
    const mails = [mail('t1@b.io', 1), mail('other@b.io', 2), mail('t1@b.io', 3)];

    await expect(awaitMails(() => mails, { tag: 't', count: 2, limitMs: 0 })).rejects.toThrow('1 of 2 mails');
    mails.push(mail('t2@b.io', 4));
    expect(await awaitMails(() => mails, { tag: 't', count: 2, limitMs: 0 })).toEqual({
      at: new Map([
        ['t1@b.io', 1],
        ['t2@b.io', 4],
      ]),
      bytes: 30,
    });
  });
});
