import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TimeLimitError } from '#shared/async/waiting.ts';
import { GatedBytes } from '#shared/mail/gated-bytes.ts';
import { LeaseLostError, outcomeOf } from '#shared/mail/mail-outcome.ts';
import { type PoolOptions, type SmtpPool, smtpPool } from '#shared/mail/smtp-pool.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

type Answer = string | 'silence' | 'close';

interface Session {
  readonly socket: Socket;
  readonly commands: string[];
  /** The mails it took. */
  readonly mails: string[];
}

/** A mail server that answers as the test says. */
async function startServer() {
  const sessions: Session[] = [];
  const answers: Record<string, Answer> = {};
  const server = createServer((socket) => {
    const session: Session = { socket, commands: [], mails: [] };
    sessions.push(session);
    let rest = '';
    let isData = false;
    const answer = (step: string, usual: string): void => {
      const given = answers[step] ?? usual;
      if (given === 'close') socket.destroy();
      else if (given !== 'silence') socket.write(`${given}\r\n`);
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      for (;;) {
        const mark = isData ? '\r\n.\r\n' : '\r\n';
        const end = rest.indexOf(mark);
        if (end < 0) return;
        const part = rest.slice(0, end);
        rest = rest.slice(end + mark.length);
        if (isData) {
          isData = false;
          session.mails.push(part);
          answer('end', '250 taken');
        } else {
          const command = part.slice(0, 4);
          session.commands.push(command);
          isData = command === 'DATA' && answers['DATA'] === undefined;
          if (command === 'QUIT') socket.end('221 bye\r\n');
          else answer(command, isData ? '354 go' : '250 ok');
        }
      }
    });
    answer('greeting', '220 hi');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    sessions,
    answers,
    port: (server.address() as AddressInfo).port,
    mails: () => sessions.flatMap(({ mails }) => mails),
    stop: () => {
      for (const { socket } of sessions) socket.destroy();
      server.close();
    },
  };
}

/** A mail server in a thread of its own; at a message it closes its connections, and reports it a little later. */
async function startClosingServer(closed: Int32Array): Promise<{ worker: Worker; port: number }> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const sockets = [];
    const server = require('node:net').createServer((socket) => {
      sockets.push(socket);
      let isData = false;
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const isEnd = isData && data.toString().endsWith('\\r\\n.\\r\\n');
        if (isData && !isEnd) return;
        isData = !isEnd && data.toString().startsWith('DATA');
        socket.write(isData ? '354 go\\r\\n' : '250 ok\\r\\n');
      });
      socket.write('220 hi\\r\\n');
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
    parentPort.on('message', () => {
      sockets.forEach((socket) => socket.destroy());
      setTimeout(() => { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); }, 150);
    });`;
  const worker = new Worker(code, { eval: true, workerData: closed });
  return { worker, port: (await once(worker, 'message'))[0] };
}

let server: Awaited<ReturnType<typeof startServer>>;
let pool: SmtpPool;

function poolOf(options: PoolOptions): SmtpPool {
  pool = smtpPool({ host: '127.0.0.1', port: server.port }, options);
  return pool;
}

function send(text: string, limitMs = 5000): Promise<void> {
  const gate = { mayStillSend: () => true, isHandedOver: false };
  return pool.send({ from: 'a@b.io', to: ['c@d.io'] }, new GatedBytes(Buffer.from(text), gate), limitMs);
}

beforeEach(async () => {
  server = await startServer();
});

afterEach(() => {
  pool.close();
  server.stop();
});

describe('smtpPool', () => {
  it('sends many mails over at most so many connections', async () => {
    poolOf({ maxConnections: 3 });
    const texts = Array.from({ length: 50 }, (_, index) => `mail ${index}`);

    await Promise.all(texts.map((text) => send(text)));

    expect(server.sessions).toHaveLength(3);
    expect(server.mails().toSorted()).toEqual(texts.toSorted());
  });

  it('sends mails one after the other over one connection', async () => {
    poolOf({ maxConnections: 3 });

    for (const text of ['one', 'two', 'three']) await send(text);

    expect(server.sessions.map(({ mails }) => mails)).toEqual([['one', 'two', 'three']]);
  });

  it('escapes lines that start with a dot', async () => {
    poolOf({ maxConnections: 1 });

    await send('one\r\n.\r\n.two\r\n');

    expect(server.mails()).toEqual(['one\r\n..\r\n..two']);
  });

  it('resets a connection whose mail was refused, and keeps it', async () => {
    poolOf({ maxConnections: 1 });
    server.answers['RCPT'] = '550 5.1.1 unknown';
    await expect(send('refused')).rejects.toMatchObject({ responseCode: 550, command: 'RCPT TO' });
    delete server.answers['RCPT'];

    await send('taken');

    expect(server.sessions.map(({ commands }) => commands)).toEqual([
      ['EHLO', 'MAIL', 'RCPT', 'RSET', 'MAIL', 'RCPT', 'DATA'],
    ]);
  });

  it.each([
    ['a refusal with 421', { RCPT: '421 closing' }, { responseCode: 421 }],
    ['a connection that closes', { RCPT: 'close' }, { code: 'ECONNECTION' }],
    ['a refused greeting', { greeting: '554 no' }, { responseCode: 554 }],
    ['a connection that closes before the greeting', { greeting: 'close' }, { code: 'ECONNECTION' }],
  ])('opens a new connection after %s', async (_, answers, failure) => {
    poolOf({ maxConnections: 1 });
    Object.assign(server.answers, answers);
    await expect(send('failed')).rejects.toMatchObject(failure);
    for (const step of Object.keys(answers)) delete server.answers[step];

    await send('taken');

    expect(server.sessions).toHaveLength(2);
    expect(server.mails()).toEqual(['taken']);
  });

  it('fails a mail at its limit, closes its connection and goes on with the next', async () => {
    poolOf({ maxConnections: 1 });
    server.answers['end'] = 'silence';
    const silent = send('unanswered', 100);
    const waiting = send('waiting');
    await expect(silent).rejects.toThrow(TimeLimitError);
    delete server.answers['end'];
    await waitFor(() => server.sessions[0]?.socket.destroyed, { what: 'the connection to close' });

    await waiting;

    expect(server.sessions.map(({ mails }) => mails)).toEqual([['unanswered'], ['waiting']]);
  });

  it.each([
    ['RCPT', 'ETIMEDOUT', true],
    ['greeting', 'ETIMEDOUT', false],
    ['RCPT', 'ETIMELIMIT', true],
    ['EHLO', 'ETIMELIMIT', false],
  ])(
    'knows whether a server that does not answer %s (%s) may fail for the recipient',
    async (step, code, mayBeRecipient) => {
      const limitMs = code === 'ETIMELIMIT' ? 100 : 5000;
      pool = smtpPool(
        {
          host: '127.0.0.1',
          port: server.port,
          greetingTimeout: 100,
          socketTimeout: code === 'ETIMEDOUT' ? 100 : 5000,
        },
        { maxConnections: 1 },
      );
      server.answers[step] = 'silence';

      const error = await send('unanswered', limitMs).catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code });
      expect(outcomeOf(error)).toMatchObject({ kind: 'server-down', mayBeRecipient });
    },
  );

  it('fails a mail that waits for a connection longer than its limit, and does not send it later', async () => {
    poolOf({ maxConnections: 1 });
    server.answers['EHLO'] = 'silence';
    const first = send('first', 300);
    const second = send('second', 100);
    first.catch(() => undefined);

    await expect(second).rejects.toThrow(TimeLimitError);
    await expect(first).rejects.toThrow(TimeLimitError);
    delete server.answers['EHLO'];
    await send('third');

    expect(server.mails()).toEqual(['third']);
  });

  it('closes a connection after the go-ahead if the mail may no longer be sent', async () => {
    poolOf({ maxConnections: 1 });
    const gate = { mayStillSend: () => false, isHandedOver: false };
    const message = new GatedBytes(Buffer.from('late'), gate);

    await expect(pool.send({ from: 'a@b.io', to: ['c@d.io'] }, message, 5000)).rejects.toThrow(LeaseLostError);
    await send('next');

    expect(server.sessions.map(({ mails }) => mails)).toEqual([[], ['next']]);
  });

  it('replaces a free connection that the server closed', async () => {
    poolOf({ maxConnections: 2 });
    await send('one');
    const [first] = server.sessions;
    first?.socket.end('421 idle\r\n');
    await waitFor(() => first?.socket.destroyed, { what: 'the connection to close' });

    await send('two');

    expect(server.sessions.map(({ mails }) => mails)).toEqual([['one'], ['two']]);
  });

  it('replaces a free connection that the server closed while the process was frozen', async () => {
    const closed = new Int32Array(new SharedArrayBuffer(4));
    const closing = await startClosingServer(closed);
    const frozen = smtpPool({ host: '127.0.0.1', port: closing.port }, { maxConnections: 1 });
    const mail = () => frozen.send({ from: 'a@b.io', to: ['c@d.io'] }, Readable.from(['hi']), 5000);
    await mail();

    // Blocks this thread until the server has closed the connection, and for longer than a connection counts as fresh.
    closing.worker.postMessage('close');
    Atomics.wait(closed, 0, 0);

    await expect(mail()).resolves.toBeUndefined();
    frozen.close();
    await closing.worker.terminate();
  });

  it('closes a connection that no mail has used for a while', async () => {
    poolOf({ maxConnections: 2, idleLimitMs: 50 });
    await send('one');

    await waitFor(() => server.sessions[0]?.socket.destroyed, { what: 'the connection to close' });

    expect(server.sessions[0]?.commands.at(-1)).toBe('QUIT');
    await send('two');
    expect(server.sessions).toHaveLength(2);
  });

  it('finishes the mail under way when it is closed, and accepts no other', async () => {
    poolOf({ maxConnections: 1 });
    const slow = new Readable({ read() {} });
    const sending = pool.send({ from: 'a@b.io', to: ['c@d.io'] }, slow, 5000);
    const waiting = send('waiting');
    await waitFor(() => server.sessions[0]?.commands.includes('DATA'), { what: 'the go-ahead' });
    pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ECONNECTION' });
    await expect(send('later')).rejects.toMatchObject({ code: 'ECONNECTION' });
    slow.push('slow');
    slow.push(null);
    await sending;

    expect(server.mails()).toEqual(['slow']);
    await waitFor(() => server.sessions[0]?.socket.destroyed, { what: 'the connection to close' });
  });
});
