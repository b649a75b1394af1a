import type { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions, type SMTPEnvelope } from 'nodemailer/lib/smtp-connection';

export interface SmtpOptions extends SMTPConnectionOptions {
  readonly auth?: { readonly user: string; readonly pass: string } | undefined;
  readonly authMethod?: string | undefined;
}

type Done = (error?: Error | null) => void;

export function connectionError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNECTION' });
}

/**
 * nodemailer's connection with promises, opened by its first mail. Does one thing at a time, and fails what is under way when
 * it closes.
 * @param onEnd called once, when the connection has closed for any reason
 */
export function smtpConnection({ auth, authMethod = '', ...options }: SmtpOptions, onEnd: () => void) {
  const connection = new SMTPConnection(options);
  let isOpen = false;
  let settle: Done = () => undefined;

  const run = (action: (done: Done) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
      action(settle);
    });
  connection.on('error', (error: Error) => settle(error));
  connection.once('end', () => {
    onEnd();
    // A 421 ends the connection before it fails the mail, in the same turn.
    queueMicrotask(() => settle(connectionError('The connection closed unexpectedly')));
  });

  const open = async (): Promise<void> => {
    await run((done) => connection.connect(done));
    if (auth !== undefined && connection.allowsAuth) {
      await run((done) => connection.login({ ...auth, method: authMethod, credentials: auth }, done));
    }
    isOpen = true;
  };

  return {
    async send(envelope: SMTPEnvelope, message: Readable): Promise<void> {
      if (!isOpen) await open();
      await run((done) => connection.send(envelope, message, done));
    },
    /** Makes the connection usable again after a refused mail. */
    reset: (): Promise<void> => run((done) => connection.reset(done)),
    quit: (): void => connection.quit(),
    close: (): void => connection.close(),
    /** Whether the server has greeted; also after it has closed. */
    isGreeted: (): boolean => isOpen,
    isClosed: (): boolean => connection.destroyed,
  };
}

export type SmtpConnection = ReturnType<typeof smtpConnection>;
