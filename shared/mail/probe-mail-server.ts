import net from 'node:net';
import tls from 'node:tls';
import { requiredSetting } from '#shared/config/settings.ts';
import { tlsSettings } from '#shared/config/tls.ts';

const LIMIT_MS = 1400;

/** Resolves when the mail server sends its greeting (220). */
export async function probeMailServer(): Promise<void> {
  const url = new URL(await requiredSetting('SMTP_URL'));
  const secure = url.protocol === 'smtps:';
  const port = Number(url.port || (secure ? 465 : 587));
  const certificates = secure ? await tlsSettings() : {};
  await new Promise<void>((resolve, reject) => {
    const socket = secure
      ? tls.connect({ ...certificates, host: url.hostname, port, servername: url.hostname })
      : net.connect(port, url.hostname);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(LIMIT_MS, () => fail(Object.assign(new Error('no greeting'), { code: 'ETIMEDOUT' })));
    socket.once('error', fail);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.once('data', (greeting) => {
      if (!greeting.toString('latin1').startsWith('220'))
        return fail(Object.assign(new Error('refused'), { code: 'SMTP_REFUSED' }));
      socket.end('QUIT\r\n');
      resolve();
    });
  });
}
