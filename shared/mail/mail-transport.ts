import { parseConnectionUrl } from 'nodemailer/lib/shared';
import { getConfig } from '#shared/config/config.ts';
import { renewedSetting, requiredSetting } from '#shared/config/settings.ts';
import { tlsSettings, tlsTo } from '#shared/config/tls.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { composeMail, type Mail } from './compose-mail.ts';
import { type Gate, GatedBytes } from './gated-bytes.ts';
import { NoAnswerError } from './mail-outcome.ts';
import { smtpPool } from './smtp-pool.ts';

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

const server = reopenable(
  'SMTP_URL',
  async () => {
    const url = await requiredSetting('SMTP_URL');
    const required = await tlsTo('SMTP_TLS', [new URL(url).hostname]);
    const own = url.startsWith('smtps:') ? await tlsSettings() : required;
    const fromUrl = parseConnectionUrl(url);
    const pool = smtpPool(
      {
        ...fromUrl,
        tls: { ...fromUrl.tls, ...own },
        // Fails if an smtp:// server does not offer STARTTLS.
        requireTLS: required !== undefined,
        connectionTimeout: CONNECT_LIMIT_MS,
        greetingTimeout: CONNECT_LIMIT_MS,
        socketTimeout: ANSWER_LIMIT_MS,
        dnsTimeout: CONNECT_LIMIT_MS,
      },
      { maxConnections: getConfig().SMTP_CONNECTIONS },
    );
    return { url, pool };
  },
  ({ pool }) => pool.close(),
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

/** @throws nodemailer's errors (`command`, `responseCode`, `response`), LeaseLostError, NoAnswerError; classified by outcomeOf */
export const sendMail: SendMail = async (mail, mayStillSend) => {
  const deadline = performance.now() + SEND_LIMIT_MS;
  const { envelope, bytes } = await composeMail(getConfig().MAIL_FROM, mail);
  await withRenewedLogin(async ({ pool }) => {
    const gate: Gate = { mayStillSend, isHandedOver: false };
    try {
      await pool.send({ ...envelope }, new GatedBytes(bytes, gate), deadline - performance.now());
    } catch (error) {
      throw gate.isHandedOver && !hasAnswer(error) ? new NoAnswerError(error) : error;
    }
  });
};
