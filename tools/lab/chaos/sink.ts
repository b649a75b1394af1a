// A mail server as a process of its own, so that it can be stopped, killed and frozen: node sink.mjs <port> <journal>.
// What it answers 250 to is in the journal first, which outlives it.
import { closeSync, openSync, writeSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { toLine } from './journal.ts';

const [port = '', file = ''] = process.argv.slice(2);
const journal = openSync(file, 'a');

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  closeTimeout: 1000,
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      for (const { address } of session.envelope.rcptTo) writeSync(journal, toLine(address, raw, Date.now()));
      done();
    });
  },
});
server.on('error', () => undefined);
server.listen(Number(port), '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => {
    closeSync(journal);
    process.exit(0);
  });
});
