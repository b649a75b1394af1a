import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { composeMail, type Mail } from '#shared/mail/compose-mail.ts';
import { welcomeMail } from '#shared/notifications/welcome-mail.ts';
import { parseMail } from '#tests/helpers/parse-mail.ts';

const FROM = 'Registration <welcome@registration.example>';
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The same mail, composed by nodemailer alone. */
async function reference({ to, content, messageId, headers }: Mail) {
  const recipient = { name: '', address: to };
  const { envelope, message } = await createTransport({ streamTransport: true, buffer: true }).sendMail({
    from: FROM,
    to: recipient,
    envelope: { from: FROM, to: [recipient] },
    subject: content.subject,
    text: content.text(to),
    html: content.html(to),
    messageId: `<${messageId}>`,
    headers,
    textEncoding: 'quoted-printable',
  });
  return { envelope, raw: message.toString() };
}

/** The header as it is sent, without what differs from mail to mail. */
function headerOf(raw: string): string {
  const header = raw.slice(0, raw.indexOf('\r\n\r\n'));
  return header.replace(/boundary="[^"]+"/, 'boundary').replace(/^Date: .*$/m, 'Date');
}

/** @returns the composed mail */
async function expectSameMail(mail: Mail): Promise<string> {
  const { envelope, bytes } = await composeMail(FROM, mail);
  const raw = bytes.toString();
  const expected = await reference(mail);

  expect(envelope).toEqual(expected.envelope);
  expect(headerOf(raw)).toBe(headerOf(expected.raw));
  const { text, html } = await parseMail(raw);
  const { text: expectedText, html: expectedHtml } = await parseMail(expected.raw);
  expect([text, html]).toEqual([expectedText, expectedHtml]);
  return raw;
}

/** ASCII in lines of at most 78 characters that end in CRLF: passes every server unchanged. */
const WELL_FORMED = /^(?:[\t\x20-\x7e]{0,78}\r\n)*$/;

function welcome(to: string, traceparent: string | null = TRACEPARENT): Mail {
  return welcomeMail('6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d', to, traceparent);
}

const PLAIN = fc.stringMatching(
  /^[a-z0-9!#$%*+=?^`{|}~_-]{1,20}(\.[a-zA-Z0-9$=]{1,10}){0,2}@[a-z0-9]{1,12}(\.[a-z]{2,6}){1,2}$/,
);
const ODD = fc.stringMatching(/^[a-z"'&<>(),:;\\ äß.]{1,12}@[a-zA-Zäö.-]{1,12}\.[a-zA-Z]{2,60}$/);

describe('composeMail', () => {
  it.each([
    'ann.lee@example.com',
    'a@b.io',
    '$&@b.io',
    '=3D@b.io',
    `${'long'.repeat(14)}@b.io`,
    `${'long'.repeat(16)}@${'host.'.repeat(20)}io`,
    "o'brien@b.io",
    'a&b@b.io',
    'a,b@c.io',
    'UPPER@EXAMPLE.com',
    'jürgen@münchen.example',
    'ann@münchen.example',
    '"quoted x"@b.io',
  ])('composes the mail to %s as nodemailer would', async (to) => {
    await expectSameMail(welcome(to));
  });

  it('composes the mail to any address as nodemailer would', async () => {
    await fc.assert(
      fc.asyncProperty(PLAIN, async (to) => {
        const raw = await expectSameMail(welcome(to));
        expect(raw).toMatch(WELL_FORMED);
      }),
    );
    await fc.assert(
      fc.asyncProperty(ODD, async (to) => {
        await expectSameMail(welcome(to));
      }),
    );
  });

  it('composes any content as nodemailer would', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '.', ' ', '=', 'ä', '😀', '\t', 'From '), maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(line), async (before, after) => {
        const text = (to: string) => [...before, `to ${to}.`, ...after].join('\n');
        const content = { subject: 'Grüße', text, html: (to: string) => `<pre>${text(to)}</pre>` };
        const raw = await expectSameMail({ ...welcome('ann@example.com'), content });
        expect(raw).toMatch(WELL_FORMED);
      }),
    );
  });

  it.each([
    ['no header', {}],
    ['two headers', { traceparent: TRACEPARENT, 'x-kind': 'welcome' }],
    ['a header to encode', { 'x-kind': 'Grüße' }],
    ['a header to fold', { 'x-kind': 'many words '.repeat(20).trim() }],
  ])('composes a mail with %s as nodemailer would', async (_, headers) => {
    await expectSameMail({ ...welcome('ann@example.com'), headers });
  });

  it.each([
    ['recipient', { to: 'a@b.io\r\nBcc: mallory@b.io' }],
    ['Message-ID', { messageId: 'a@b.io>\r\nBcc: mallory@b.io' }],
    ['header value', { headers: { traceparent: 'a\r\nBcc: mallory@b.io' } }],
  ])('adds no header for a line break in the %s', async (_, change) => {
    const { bytes } = await composeMail(FROM, { ...welcome('ann@example.com'), ...change });

    expect((await parseMail(bytes.toString())).headers).not.toHaveProperty('bcc');
  });

  it('gives each mail its own boundary, Date and values', async () => {
    const [first, second] = await Promise.all([
      composeMail(FROM, welcome('ann@example.com')),
      composeMail(FROM, welcome('bob@example.com', null)),
    ]);

    const boundary = /boundary="([^"]+)"/;
    expect(boundary.exec(first.bytes.toString())?.[1]).not.toBe(boundary.exec(second.bytes.toString())?.[1]);
    expect(first.bytes.toString()).toMatch(/^Date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000\r$/m);
    expect(second.bytes.toString()).not.toMatch(/ann@|traceparent/i);
  });
});
