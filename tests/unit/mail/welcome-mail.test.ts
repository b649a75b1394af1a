import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { welcomeMail } from '#shared/notifications/welcome-mail.ts';

const UUID = '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d';
/** Markup characters and text that looks like an escape sequence. */
const PIECES = ['<', '>', '&', '"', "'", 'a', 'ä', '😀', '\n', 'lt;', '#39;', 'amp;', '<script>', '$&', '<%', '`'];

function mailTo(address: string) {
  const { to, content, messageId } = welcomeMail(UUID, address, null);
  return { messageId, subject: content.subject, text: content.text(to), html: content.html(to) };
}

function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** The template's text around each occurrence of the address. */
const around = mailTo('\u0000').html.split('\u0000');

describe('the welcome mail', () => {
  const mail = mailTo('ann.lee@example.com');

  it('has the subject, first line and Message-ID that other systems rely on', () => {
    expect(mail.subject).toBe('Welcome to our site!');
    expect(mail.text).toMatch(/^Thank you for creating account!\n/);
    expect(mail.messageId).toBe(`${UUID}@registration.example`);
  });

  it('has the same content in both parts', () => {
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('Thank you for creating account!');
      expect(part).toContain('ann.lee@example.com');
      expect(part.replace(/\s+/g, ' ')).toContain('please ignore this mail');
    }
  });

  it('loads nothing, links nowhere and runs no script', () => {
    expect(mail.html).not.toMatch(/https?:|src=|href=|<script|<img|url\(/i);
  });

  it('is small and contains no template tag', () => {
    expect(Buffer.byteLength(mail.html)).toBeLessThan(4500);
    expect(mail.html + mail.text).not.toMatch(/<%|%>|undefined/);
  });

  it('escapes any address', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join('')),
        (address) => {
          const { html, text } = mailTo(address);
          const [before = '', after = ''] = around;
          const inserted = html.slice(before.length, html.length - after.length);

          return (
            html.startsWith(before) &&
            html.endsWith(after) &&
            !/[<>"']/.test(inserted) &&
            unescaped(inserted) === address &&
            text.includes(address)
          );
        },
      ),
    );
  });
});
