export interface MailParts {
  /** By lower-case name; folded lines are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body of each part, by media type. */
  readonly parts: Readonly<Record<string, string>>;
}

function split(raw: string): [head: string, body: string] {
  const end = raw.search(/\r?\n\r?\n/);
  return end < 0 ? [raw, ''] : [raw.slice(0, end), raw.slice(end).replace(/^\r?\n\r?\n/, '')];
}

function headersOf(head: string): Record<string, string> {
  return Object.fromEntries(
    head
      .replace(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function decoded(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
  return decodeURIComponent(bytes.replace(/%(?![0-9A-F]{2})/g, '%25'));
}

/** Splits a raw mail into headers and text parts. */
export function mailParts(raw: string): MailParts {
  const [head, body] = split(raw);
  const headers = headersOf(head);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  const bodies = boundary === undefined ? [raw] : body.split(`--${boundary}`).slice(1, -1);
  const parts = bodies.map((part) => {
    const [partHead, partBody] = split(part.replace(/^\r?\n/, ''));
    const own = headersOf(partHead);
    return [own['content-type']?.split(';')[0] ?? 'text/plain', decoded(partBody, own['content-transfer-encoding'])];
  });
  return { headers, parts: Object.fromEntries(parts) };
}
