// A mail server that does nothing but take mails, so that it is never what is measured: node mail-sink.ts <port> <journal>.
// A process of its own, so that it can be stopped, killed and frozen. The journal, which outlives it, has every mail
// before the 250 is sent.
import { openSync, writeSync } from 'node:fs';
import net from 'node:net';
import { sharedNow, toLines } from './mail-journal.ts';

const [port = '', file = ''] = process.argv.slice(2);
const journal = openSync(file, 'a');
/** Closes a connection as soon as it has no mail in transfer. */
const closers: Set<() => void> = new Set();
let isStopping = false;

function serve(socket: net.Socket) {
  let waiting = '';
  let isData = false;
  let recipients: string[] = [];

  const takeMail = () => {
    // A mail without content begins with its last line.
    const end = waiting.startsWith('.\r\n') ? 0 : waiting.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return false;
    writeSync(journal, toLines(recipients, waiting.slice(0, end), sharedNow()));
    waiting = waiting.slice(end + 3);
    recipients = [];
    isData = false;
    socket.write('250 queued\r\n');
    return true;
  };
  const takeCommand = () => {
    const end = waiting.indexOf('\r\n');
    if (end < 0) return false;
    const line = waiting.slice(0, end);
    waiting = waiting.slice(end + 2);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL' || verb === 'RSET') recipients = [];
    if (verb === 'RCPT') recipients.push((/<(.*?)>/.exec(line)?.[1] ?? '').toLowerCase());
    isData = verb === 'DATA';
    if (isData) socket.write('354 go on\r\n');
    else if (verb === 'EHLO') socket.write('250-sink\r\n250 8BITMIME\r\n');
    else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('250 ok\r\n');
    return true;
  };

  const closeIfIdle = () => {
    if (!isData) socket.end('421 closing\r\n', () => socket.destroySoon());
  };
  closers.add(closeIfIdle);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('close', () => closers.delete(closeIfIdle));
  socket.on('data', (chunk) => {
    waiting += chunk.toString('latin1');
    while (isData ? takeMail() : !isStopping && takeCommand());
    if (isStopping) closeIfIdle();
  });
  socket.write('220 sink ESMTP\r\n');
}

const server = net.createServer(serve).listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
  isStopping = true;
  for (const closeIfIdle of closers) closeIfIdle();
});
