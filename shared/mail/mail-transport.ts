import { createTransport } from 'nodemailer';
import { getConfig } from '#shared/config/config.ts';
import { renewedSetting, requiredSetting } from '#shared/config/settings.ts';
import { type TlsSettings, tlsSettings, tlsTo } from '#shared/config/tls.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { type Gate, GatedBytes } from './gated-bytes.ts';
import { NoAnswerError } from './mail-outcome.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one mail. `mayStillSend` is called once, when the server is ready for the mail's bytes. */
export type SendMail = (mail: Mail, mayStillSend: () => boolean) => Promise<void>;

/** The limit of one send, connecting included. */
export const SEND_LIMIT_MS = 10_000;
const CONNECT_LIMIT_MS = 4000;
const ANSWER_LIMIT_MS = 8000;

function hasAnswer(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'responseCode' in error && typeof error.responseCode === 'number'
  );
}

interface MailServer {
  readonly url: string;
  readonly tls?: TlsSettings;
  /** Fail if an smtp:// server does not offer STARTTLS. */
  readonly requireTLS: boolean;
}

function poolAt(server: MailServer, maxConnections: number, gates: ReadonlyMap<string, Gate>) {
  const transport = createTransport({
    ...server,
    pool: true,
    maxConnections,
    maxMessages: Number.POSITIVE_INFINITY,
    // The server may have accepted a mail whose connection closed: its row decides whether it is sent again.
    maxRequeues: 0,
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: CONNECT_LIMIT_MS,
    socketTimeout: ANSWER_LIMIT_MS,
    dnsTimeout: CONNECT_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', (mail, done) => {
    const gate = gates.get(mail.data.messageId ?? '');
    mail.message.processFunc((bytes) => new GatedBytes(bytes, gate));
    done();
  });
  return transport;
}

const server = reopenable(
  'SMTP_URL',
  async () => {
    const gates = new Map<string, Gate>();
    const url = await requiredSetting('SMTP_URL');
    const required = await tlsTo('SMTP_TLS', [new URL(url).hostname]);
    const tls = url.startsWith('smtps:') ? await tlsSettings() : required;
    const address: MailServer = { url, requireTLS: required !== undefined, ...(tls === undefined ? {} : { tls }) };
    return { url, gates, transport: poolAt(address, getConfig().SMTP_CONNECTIONS, gates) };
  },
  ({ transport }) => transport.close(),
);

type OpenServer = Awaited<ReturnType<typeof server.get>>;

/** Retries once with a renewed password after a refused login: no byte of the mail was sent yet. */
async function withRenewedLogin(send: (open: OpenServer) => Promise<void>): Promise<void> {
  const open = await server.get();
  try {
    await send(open);
  } catch (error) {
    if (errorCodeOf(error) !== 'EAUTH' || (await renewedSetting('SMTP_URL', open.url)) === undefined) throw error;
    server.giveUp(open);
    await send(await server.get());
  }
}

async function sendThrough(
  { transport, gates }: OpenServer,
  { to, headers, messageId, ...mail }: Mail,
  mayStillSend: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const from = getConfig().MAIL_FROM;
  const id = `<${messageId}>`;
  const gate: Gate = { mayStillSend, isHandedOver: false };
  gates.set(id, gate);
  try {
    await transport.sendMail({
      ...mail,
      messageId: id,
      from,
      to: { name: '', address: to },
      // An object, because nodemailer parses text: "a,b@c.io" would become two recipients.
      envelope: { from, to: [{ name: '', address: to }] },
      headers: { ...headers },
      textEncoding: 'quoted-printable',
      signal,
    });
  } catch (error) {
    throw gate.isHandedOver && !hasAnswer(error) ? new NoAnswerError(error) : error;
  } finally {
    gates.delete(id);
  }
}

/** @throws nodemailer's errors (`command`, `responseCode`, `response`), LeaseLostError, NoAnswerError; classified by outcomeOf */
export const sendMail: SendMail = async (mail, mayStillSend) => {
  const signal = AbortSignal.timeout(SEND_LIMIT_MS);
  await withRenewedLogin((open) => sendThrough(open, mail, mayStillSend, signal));
};
