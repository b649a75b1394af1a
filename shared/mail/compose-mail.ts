import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encode, wrap } from 'nodemailer/lib/qp';

/** What every mail of a kind contains. Inserts the address as it is, escaped in HTML, and depends on nothing else. */
export interface MailContent {
  readonly subject: string;
  text(to: string): string;
  html(to: string): string;
}

export interface Mail {
  readonly to: string;
  readonly content: MailContent;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ComposedMail {
  readonly envelope: { readonly from: string; readonly to: string[] };
  readonly bytes: Buffer;
}

/** Means the same in an envelope, a header, text and HTML: nothing to quote, escape, encode or fold. */
const PLAIN_ADDRESS = /^(?=.{3,64}$)[\w!#$%*+/=?^`{|}~-]+(\.[\w!#$%*+/=?^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)*$/;
/** A header value that needs no encoding or folding. */
const PLAIN_VALUE = /^[\w!#$%*+./=?^`{|}~@-]{1,60}$/;

function isPlain({ to, messageId, headers }: Mail): boolean {
  return (
    PLAIN_ADDRESS.test(to) &&
    PLAIN_VALUE.test(messageId) &&
    Object.values(headers).every((value) => PLAIN_VALUE.test(value))
  );
}

/** Stands for the values that differ from mail to mail. The bodies are not ASCII, so that nodemailer encodes both parts. */
const SAMPLE = {
  to: 'sample-recipient@sample.invalid',
  messageId: 'sample-id@sample.invalid',
  boundary: 'sample-boundary',
  date: mimeDate(new Date(0)),
  text: 'é 1',
  html: 'é 2',
};

interface Values {
  readonly to: string;
  readonly messageId: string;
  readonly boundary: string;
  readonly date: string;
  readonly headers: readonly string[];
}

type Piece = string | ((values: Values) => string);

function mimeDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

interface Parts {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly date: string;
  readonly baseBoundary: string;
}

function compile(from: string, { to, messageId, headers }: Pick<Mail, 'to' | 'messageId' | 'headers'>, parts: Parts) {
  // An object, because nodemailer parses text: "a,b@c.io" would become two recipients.
  const recipient = { name: '', address: to };
  const mail = new MailComposer({
    ...parts,
    from,
    to: recipient,
    envelope: { from, to: [recipient] },
    messageId: `<${messageId}>`,
    headers: { ...headers },
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = mail.getEnvelope();
  return { envelope: { from: envelope.from || '', to: envelope.to }, message: mail };
}

/** Encodes line by line, so that a line's encoding does not depend on the lines before it. */
function quotedPrintable(text: string): Piece[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const around = line.split(SAMPLE.to);
    const encoded: Piece = around.length === 1 ? wrap(encode(line), 76) : ({ to }) => wrap(encode(around.join(to)), 76);
    return index === 0 ? [encoded] : ['\r\n', encoded];
  });
}

/** Composes a sample with nodemailer and cuts it where mails of this kind differ. */
async function compositionFrom(from: string, content: MailContent, headerNames: readonly string[]) {
  const headers = Object.fromEntries(headerNames.map((name, index) => [name, `sample-value-${index}`]));
  const { to, messageId, boundary, date, text, html } = SAMPLE;
  const parts = { subject: content.subject, text, html, date, baseBoundary: boundary };
  const { envelope, message } = compile(from, { to, messageId, headers }, parts);
  const whole = (await message.build()).toString('latin1');

  const fillings = new Map<string, Piece[]>([
    [to, [(values) => values.to]],
    [messageId, [(values) => values.messageId]],
    [boundary, [(values) => values.boundary]],
    [date, [(values) => values.date]],
    [encode(text), quotedPrintable(content.text(to))],
    [encode(html), quotedPrintable(content.html(to))],
  ]);
  Object.values(headers).forEach((sample, index) => {
    fillings.set(sample, [(values) => values.headers[index] ?? '']);
  });
  const samples = [...fillings.keys()].map((sample) => sample.replace(/[+.]/g, '\\$&')).join('|');
  const pieces: Piece[] = [];
  for (const piece of whole.split(new RegExp(`(${samples})`)).flatMap((part) => fillings.get(part) ?? [part])) {
    const last = pieces.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return { from: envelope.from, pieces };
}

type Composition = Awaited<ReturnType<typeof compositionFrom>>;

const compositions = new WeakMap<MailContent, Map<string, Promise<Composition>>>();

function compositionOf(from: string, content: MailContent, headerNames: readonly string[]): Promise<Composition> {
  const ofContent = compositions.get(content) ?? new Map<string, Promise<Composition>>();
  compositions.set(content, ofContent);
  const key = [from, ...headerNames].join('\n');
  const known = ofContent.get(key);
  if (known !== undefined) return known;
  const composing = compositionFrom(from, content, headerNames);
  ofContent.set(key, composing);
  composing.catch(() => ofContent.delete(key));
  return composing;
}

/**
 * Composes a mail. nodemailer composes the first of a kind; the others differ in recipient, Message-ID, Date and header values
 * only. A mail with a value that is not plain is composed by nodemailer alone, because it may have to be quoted or encoded.
 */
export async function composeMail(from: string, mail: Mail): Promise<ComposedMail> {
  const { to, messageId, headers, content } = mail;
  const varying = { date: mimeDate(new Date()), boundary: randomUUID() };
  if (!isPlain(mail)) {
    const body = { subject: content.subject, text: content.text(to), html: content.html(to) };
    const { envelope, message } = compile(from, mail, { ...body, date: varying.date, baseBoundary: varying.boundary });
    return { envelope, bytes: await message.build() };
  }
  const composed = await compositionOf(from, content, Object.keys(headers));
  const values: Values = { to, messageId, ...varying, headers: Object.values(headers) };
  let text = '';
  for (const piece of composed.pieces) text += typeof piece === 'string' ? piece : piece(values);
  return { envelope: { from: composed.from, to: [to] }, bytes: Buffer.from(text, 'latin1') };
}
