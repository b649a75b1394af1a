import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMailServer, type TestMailServer } from './smtp-server.ts';

export interface Mailbox {
  readonly smtpUrl: string;
  /** Every raw mail so far. */
  all(): string[];
  /** GET ?to=<address>: the raw mails to the address, or all, as JSON. POST /stop and /start switch the mail server off and on. */
  readonly mailsUrl: string;
  close(): Promise<void>;
}

/**
 * The recipient selects the response: `bounce…` is permanently refused, `greylist…` temporarily the first two times,
 * `redrive…` permanently the first time, with the name in the response.
 */
function misbehave(mail: TestMailServer, seen: Map<string, number>): void {
  mail.refuse((recipient) => {
    if (recipient.startsWith('bounce')) return { code: 550, message: '5.1.1 no such user here' };
    const times = (seen.get(recipient) ?? 0) + 1;
    seen.set(recipient, times);
    if (recipient.startsWith('redrive') && times === 1)
      return { code: 550, message: `5.1.1 not yet ${recipient.split('@')[0]}` };
    if (!recipient.startsWith('greylist')) return undefined;
    return times <= 2 ? { code: 451, message: '4.7.1 come back later' } : undefined;
  });
}

/** A mail server that tests in other processes can read, and switch off and on. */
export async function startMailbox(): Promise<Mailbox> {
  const seen = new Map<string, number>();
  const servers: TestMailServer[] = [];
  const start = async (port?: number): Promise<TestMailServer> => {
    const server = await startMailServer(port);
    misbehave(server, seen);
    servers.push(server);
    return server;
  };
  const first = await start();
  let isRunning = true;

  const switchTo = async (wanted: boolean): Promise<void> => {
    if (isRunning === wanted) return;
    isRunning = wanted;
    if (wanted) await start(Number(new URL(first.url).port));
    else await servers.at(-1)?.stop();
  };

  const all = (): string[] => servers.flatMap((server) => server.mails.map(({ raw }) => raw));
  const rawTo = (to: string): string[] => servers.flatMap((server) => server.to(to).map(({ raw }) => raw));

  const control = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mails');
    if (request.method === 'POST') await switchTo(pathname === '/start');
    const to = searchParams.get('to');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(to === null ? all() : rawTo(to)));
  });
  control.listen(0, '127.0.0.1');
  await once(control, 'listening');
  return {
    smtpUrl: first.url,
    all,
    mailsUrl: `http://127.0.0.1:${(control.address() as AddressInfo).port}/`,
    async close() {
      control.close();
      await switchTo(false);
    },
  };
}
