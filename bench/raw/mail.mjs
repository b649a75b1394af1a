import { createTransport } from 'nodemailer';
import { perSecond } from '../at-once.mjs';
import { addressOf, newTag } from '../people.mjs';
import { mailLimitMs } from '../settle.mjs';

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
    // Made by the build.
    const { html, text } = await import('#shared/notifications/generated/welcome-mail.js');
    const tag = newTag();
    const arriving = await sink.expect(tag, mails);
    const transport = createTransport({ host: '127.0.0.1', port: sink.port, pool: true, maxConnections: connections });
    const send = async (/** @type {number} */ index) => {
      const to = addressOf(tag, index);
      const content = { subject: 'Welcome to our site!', text: text({ userEmail: to }), html: html({ userEmail: to }) };
      await transport.sendMail({ from: 'welcome@registration.example', to, ...content });
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
