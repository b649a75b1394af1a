import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { composeMail } from '#shared/mail/compose-mail.ts';
import type { welcomeMail } from '#shared/notifications/welcome-mail.ts';
import { rootDir } from '#tools/paths.ts';
import { newFolder } from '../../folders.ts';
import { addressOf, newTag } from '../../load/registrations.ts';
import { awaitMails } from '../../systems/mail-journal.ts';
import type { Servers } from '../../systems/servers.ts';
import { type Contender, perSecond, withCpu } from '../alternate.ts';
import { mailLimitMs } from '../workloads/workload.ts';

/** The default of the application. */
const connections = 8;
const from = 'welcome@registration.example';

/** One welcome mail's bytes, from the application's own function: its templates exist once the handlers are built. */
async function preparedMail(): Promise<Buffer> {
  const outfile = path.join(newFolder(), 'welcome-mail.mjs');
  await esbuild.build({
    absWorkingDir: rootDir,
    entryPoints: ['shared/notifications/welcome-mail.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const compose: typeof welcomeMail = (await import(pathToFileURL(outfile).href)).welcomeMail;
  return (await composeMail(from, compose(randomUUID(), addressOf(newTag(), 0), null))).bytes;
}

function connect(options: { host: string; port: string }): Promise<SMTPConnection> {
  const connection = new SMTPConnection(options);
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.connect(() => resolve(connection));
  });
}

/** nodemailer's connection alone, sending one prepared mail to many recipients over kept connections. */
export function smtpConnectionAlone(
  { urls, mails }: Servers,
  { count, warm }: { count: number; warm: number },
): Contender {
  let bytes: Promise<Buffer> | undefined;
  const run = async (total: number) => {
    bytes ??= preparedMail();
    const message = await bytes;
    const tag = newTag();
    const { hostname: host, port } = new URL(urls['SMTP_URL'] ?? '');
    const free = await Promise.all(Array.from({ length: connections }, () => connect({ host, port })));
    const all = [...free];
    const send = async (index: number) => {
      const connection = free.pop();
      if (connection === undefined) throw new Error('More mails at once than connections');
      await new Promise<void>((resolve, reject) => {
        const envelope = { from, to: [addressOf(tag, index)] };
        connection.send(envelope, message, (error) => (error ? reject(error) : resolve()));
      });
      free.push(connection);
    };
    try {
      const rate = await perSecond(total, send, connections);
      await awaitMails(mails, { tag, count: total, limitMs: mailLimitMs });
      return { 'per second': rate };
    } finally {
      for (const connection of all) connection.close();
    }
  };
  return {
    name: 'SMTPConnection alone',
    warm: () => run(warm),
    run: () => withCpu(count, () => run(count)),
  };
}
