import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { perSecond } from '../at-once.mjs';
import { addressOf, newTag } from '../people.mjs';
import { mailLimitMs } from '../settle.mjs';
import { loadWelcomeMail } from './welcome-mail.mjs';

/** As many as the application has when nothing else is set. */
const connections = 8;

/**
 * nodemailer alone, with pooled connections, sending the application's own mail.
 * @param {import('../system/servers.mjs').Servers} servers
 * @param {{ count: number, warm: number }} sizes
 * @returns {import('../alternate.mjs').Contender}
 */
export const nodemailerAlone = ({ sink }, { count, warm }) => {
  const run = async (/** @type {number} */ mails) => {
    const welcomeMail = await loadWelcomeMail();
    const tag = newTag();
    const arriving = await sink.expect(tag, mails);
    const transport = createTransport({ host: '127.0.0.1', port: sink.port, pool: true, maxConnections: connections });
    const send = async (/** @type {number} */ index) => {
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
};
