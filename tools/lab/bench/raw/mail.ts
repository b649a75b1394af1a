import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Contender } from '../alternate.ts';
import { perSecond } from '../at-once.ts';
import { addressOf, newTag } from '../people.ts';
import { mailLimitMs } from '../settle.ts';
import type { Servers } from '../system/servers.ts';
import { loadWelcomeMail } from './welcome-mail.ts';

/** As many as the application has when nothing else is set. */
const connections = 8;

/** nodemailer alone, with pooled connections, sending the application's own mail. */
export function nodemailerAlone({ sink }: Servers, { count, warm }: { count: number; warm: number }): Contender {
  const run = async (mails: number) => {
    const welcomeMail = await loadWelcomeMail();
    const tag = newTag();
    const arriving = await sink.expect(tag, mails);
    const transport = createTransport({ host: '127.0.0.1', port: sink.port, pool: true, maxConnections: connections });
    const send = async (index: number) => {
      const { messageId, headers, ...mail } = welcomeMail(randomUUID(), addressOf(tag, index), null);
      const from = 'welcome@registration.example';
      await transport.sendMail({ ...mail, from, messageId: `<${messageId}>`, headers: { ...headers } });
    };
    try {
      const rate = await perSecond(mails, send);
      await arriving(mailLimitMs);
      return { 'per second': rate };
    } finally {
      transport.close();
    }
  };
  return { name: 'nodemailer alone', warm: () => run(warm), run: () => run(count) };
}
