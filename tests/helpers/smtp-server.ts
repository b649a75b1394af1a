import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly raw: string;
}

/** The server's response to a recipient; undefined means 250. */
export type RecipientRule = (recipient: string) => { readonly code: number; readonly message: string } | undefined;

export interface TestMailServer {
  readonly url: string;
  readonly mails: ReceivedMail[];
  to(recipient: string): ReceivedMail[];
  refuse(rule: RecipientRule): void;
  /** Called with a recipient when the mail is stored, before the 250. */
  beforeAnswer(action: (recipient: string) => void): void;
  stop(): Promise<void>;
}

function failure(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/** A real SMTP server on a free port that stores accepted mails and refuses recipients on request. */
export async function startMailServer(port = 0): Promise<TestMailServer> {
  const mails: ReceivedMail[] = [];
  let rule: RecipientRule = () => undefined;
  let beforeAnswer: (recipient: string) => void = () => undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 50,
    onRcptTo({ address }, _session, done) {
      const refusal = rule(address);
      done(refusal === undefined ? null : failure(refusal.code, refusal.message));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        for (const { address } of session.envelope.rcptTo) {
          mails.push({ to: address, raw });
          beforeAnswer(address);
        }
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const { port: bound } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    mails,
    to: (recipient) => mails.filter((mail) => mail.to === recipient),
    refuse: (next) => {
      rule = next;
    },
    beforeAnswer: (action) => {
      beforeAnswer = action;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
