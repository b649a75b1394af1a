import PostalMime from 'postal-mime';

export interface ParsedMail {
  /** By lower-case name, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
}

/** Parses a raw mail. */
export async function parseMail(raw: string): Promise<ParsedMail> {
  const { headers, text = '', html = '' } = await PostalMime.parse(raw);
  return { headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])), text, html };
}
