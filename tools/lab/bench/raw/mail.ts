import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { createTransport } from 'nodemailer';
import type { welcomeMail } from '#shared/notifications/welcome-mail.ts';
import { rootDir } from '#tools/paths.ts';
import { newFolder } from '../../folders.ts';
import { addressOf, newTag } from '../../load/registrations.ts';
import { awaitMails } from '../../systems/mail-journal.ts';
import type { Servers } from '../../systems/servers.ts';
import { type Contender, perSecond } from '../alternate.ts';
import { mailLimitMs } from '../workloads/workload.ts';

/** The default of the application. */
const connections = 8;

/** Bundles the application's own function that makes the welcome mail; its templates exist once the handlers are built. */
async function loadWelcomeMail(): Promise<typeof welcomeMail> {
  const outfile = path.join(newFolder(), 'welcome-mail.mjs');
  await esbuild.build({
    absWorkingDir: rootDir,
    entryPoints: ['shared/notifications/welcome-mail.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return (await import(pathToFileURL(outfile).href)).welcomeMail;
}

/** nodemailer alone, with pooled connections, sending the application's own mail. */
export function nodemailerAlone({ urls, mails }: Servers, { count, warm }: { count: number; warm: number }): Contender {
  const run = async (total: number) => {
    const compose = await loadWelcomeMail();
    const tag = newTag();
    const { hostname: host, port } = new URL(urls['SMTP_URL'] ?? '');
    const transport = createTransport({ host, port: Number(port), pool: true, maxConnections: connections });
    const send = async (index: number) => {
      const { messageId, headers, ...mail } = compose(randomUUID(), addressOf(tag, index), null);
      const from = 'welcome@registration.example';
      await transport.sendMail({ ...mail, from, messageId: `<${messageId}>`, headers: { ...headers } });
    };
    try {
      const rate = await perSecond(total, send);
      await awaitMails(mails, { tag, count: total, limitMs: mailLimitMs });
      return { 'per second': rate };
    } finally {
      transport.close();
    }
  };
  return { name: 'nodemailer alone', warm: () => run(warm), run: () => run(count) };
}
