import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MailOutcome, outcomeOf } from '#shared/mail/mail-outcome.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { welcomeMail } from '#shared/notifications/welcome-mail.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';

/** A scripted server's response to each command; a function that returns undefined closes the connection. */
type Script = Readonly<Partial<Record<'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'end', string | undefined>>>;

const POLITE = { greeting: '220 hi', EHLO: '250 hi', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go', end: '250 taken' };
let script: Script = POLITE;
let received: string[] = [];

const sockets = new Set<Socket>();

const server = createServer((socket) => {
  sockets.add(socket);
  const say = (step: keyof typeof POLITE): void => {
    const line = script[step];
    if (line === undefined) socket.destroy();
    else socket.write(`${line}\r\n`);
  };
  let data: string | undefined;
  let rest = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    rest += chunk.toString('utf8');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (data !== undefined && line !== '.') data += `${line}\n`;
      else if (data !== undefined) {
        received.push(data);
        data = undefined;
        say('end');
      } else {
        const command = line.slice(0, 4).toUpperCase();
        if (command === 'RSET') socket.write('250 ok\r\n');
        else if (command === 'EHLO' || command === 'HELO') say('EHLO');
        else if (command === 'MAIL' || command === 'RCPT') say(command);
        else if (command === 'DATA') {
          say('DATA');
          if (script.DATA?.startsWith('354') === true) data = '';
        }
      }
    }
  });
  say('greeting');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

/** Empties the pool, so that the next mail opens a connection. */
beforeEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  script = { ...POLITE, greeting: undefined };
  await attempt();
  script = POLITE;
  received = [];
});

afterAll(() => {
  server.close();
});

async function attempt(mayStillSend = () => true): Promise<MailOutcome> {
  const { uuid, userEmail } = testEvent();
  try {
    await sendMail(welcomeMail(uuid, userEmail, null), mayStillSend);
    return { kind: 'sent' };
  } catch (error) {
    return outcomeOf(error);
  }
}

describe("a mail server's responses", () => {
  it.each([
    [{}, 'sent'],
    [{ greeting: '554 go away' }, 'server-down'],
    [{ greeting: '421 busy' }, 'server-down'],
    [{ greeting: undefined }, 'server-down'],
    [{ EHLO: '550 no' }, 'server-down'],
    [{ MAIL: '550 5.1.8 your domain is bad' }, 'server-down'],
    [{ MAIL: '451 4.3.0 later' }, 'server-down'],
    [{ MAIL: undefined }, 'server-down'],
    [{ RCPT: '550 5.1.1 unknown' }, 'refused-for-good'],
    [{ RCPT: '554 relay access denied' }, 'refused-for-good'],
    [{ RCPT: '450 4.2.0 greylisted' }, 'refused-for-now'],
    [{ RCPT: '550 5.7.1 blocked' }, 'refused-for-now'],
    [{ RCPT: '452 4.3.1 out of storage' }, 'throttled'],
    [{ end: '454 Throttling failure: Daily message quota exceeded' }, 'throttled'],
    [{ end: '454 4.7.0 Maximum sending rate exceeded' }, 'throttled'],
    [{ RCPT: '421 4.3.2 closing' }, 'server-down'],
    [{ RCPT: undefined }, 'server-down'],
    [{ DATA: '451 4.7.1 later' }, 'refused-for-now'],
    [{ DATA: '550 5.2.1 disabled' }, 'refused-for-good'],
    [{ end: '550 5.1.1 unknown' }, 'refused-for-good'],
    [{ end: '552 5.2.2 full' }, 'refused-for-good'],
    [{ end: '554 5.7.1 spam' }, 'refused-for-now'],
    [{ end: '550 no reason' }, 'refused-for-now'],
    [{ end: '452 4.2.2 full for now' }, 'refused-for-now'],
    [{ end: '421 4.3.2 closing' }, 'server-down'],
    [{ end: undefined }, 'unknown'],
  ] as const)('%j: %s', async (answers, kind) => {
    script = { ...POLITE, ...answers };

    const outcome = await attempt();

    expect(outcome.kind).toBe(kind);
  });

  it('do not affect the next mail', async () => {
    script = { ...POLITE, RCPT: '550 5.1.1 unknown' };
    await attempt();
    script = POLITE;

    expect((await attempt()).kind).toBe('sent');
  });
});

describe('a lease lost before DATA', () => {
  it('sends no byte of the mail and does not terminate it', async () => {
    const outcome = await attempt(() => false);

    expect(outcome.kind).toBe('lease-lost');
    expect(received).toEqual([]);
    expect((await attempt()).kind).toBe('sent');
    expect(received).toHaveLength(1);
  });
});
