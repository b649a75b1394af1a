// A mail server as fast as one gets: takes everything, keeps when each mail of an expected tag had come in. Forked; says
// {port}, then answers {expect: {tag, count}} with {expecting: tag}, and {mails: …} once so many recipients have theirs, or
// when {giveUp: tag} comes first.
import net from 'node:net';
import { sharedNow } from '../clock.ts';

export type Expected = { count: number; at: Map<string, number>; bytes: number; repeats: number };

const expected: Map<string, Expected> = new Map();

function say(message: object) {
  return void process.send?.(message);
}

function tell(tag: string) {
  const found = expected.get(tag);
  if (found === undefined) return;
  expected.delete(tag);
  say({ mails: { tag, arrivals: [...found.at], bytes: found.bytes, repeats: found.repeats } });
}

function takeIn(recipient: string, bytes: number) {
  for (const [tag, found] of expected) {
    if (!recipient.startsWith(tag)) continue;
    if (found.at.has(recipient)) found.repeats += 1;
    else found.at.set(recipient, sharedNow());
    found.bytes += bytes;
    if (found.at.size === found.count) tell(tag);
  }
}

function serve(socket: net.Socket) {
  let waiting = '';
  let isData = false;
  let recipients: string[] = [];

  const takeMail = () => {
    const end = waiting.indexOf('\r\n.\r\n');
    if (end < 0) return false;
    for (const recipient of recipients) takeIn(recipient, end + 2);
    waiting = waiting.slice(end + 5);
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
    if (verb === 'RCPT') recipients.push((/<(.*?)>/.exec(line)?.[1] ?? '').toLowerCase());
    isData = verb === 'DATA';
    if (isData) socket.write('354 go on\r\n');
    else if (verb === 'EHLO') socket.write('250-sink\r\n250 8BITMIME\r\n');
    else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('250 ok\r\n');
    return true;
  };

  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    waiting += chunk.toString('latin1');
    while (isData ? takeMail() : takeCommand());
  });
  socket.write('220 sink ESMTP\r\n');
}

process.on('message', (message: { expect?: { tag: string; count: number }; giveUp?: string }) => {
  if (message.giveUp !== undefined) return tell(message.giveUp);
  if (message.expect === undefined) return;
  const { tag, count } = message.expect;
  expected.set(tag, { count, at: new Map(), bytes: 0, repeats: 0 });
  say({ expecting: tag });
});
process.on('disconnect', () => process.exit(0));

const server = net.createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ port: typeof address === 'object' ? address?.port : 0 });
});
