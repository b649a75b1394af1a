import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { outcomeOf } from '#shared/mail/mail-outcome.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { type Authority, type Certificate, startAuthority } from './certificates.ts';

let authority: Authority;
let certificate: Certificate;
let store: SecretStore;
const stops: Array<() => Promise<void>> = [];

beforeAll(async () => {
  authority = await startAuthority();
  certificate = await authority.issue('localhost');
  store = await startSecretStore({ '/ca': authority.ca });
  const settings = { STAGE: 'prod', SMTP_URL: 'ssm:/smtp', SMTP_TLS: 'on', TLS_CA: 'ssm:/ca' };
  Object.assign(process.env, storeEnvironment(store.url), settings);
});

beforeEach(() => {
  // Fresh modules behave as a new process: nothing fetched, no open connection.
  vi.resetModules();
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

afterAll(async () => {
  await store.stop();
  authority.remove();
});

interface Received {
  readonly secure: boolean;
  readonly user: string;
  readonly text: string;
}

/** Starts a mail server that requires a login. @returns its port and what it receives */
async function startServer(options: SMTPServerOptions, password: { current: string }) {
  const received: Received[] = [];
  const server = new SMTPServer({
    key: readFileSync(certificate.keyFile),
    cert: readFileSync(certificate.certFile),
    disableReverseLookup: true,
    closeTimeout: 50,
    onAuth({ username, password: given }, _session, done) {
      if (given !== password.current) return done(new Error('Invalid username or password'));
      done(null, { user: username ?? '' });
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({ secure: session.secure, user: String(session.user), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { received, port: (server.server.address() as AddressInfo).port };
}

let mails = 0;

async function send(): Promise<void> {
  const { sendMail } = await import('#shared/mail/mail-transport.ts');
  mails += 1;
  const content = { subject: 's', text: () => 't', html: () => '<p>t</p>' };
  const mail = { to: 'a@example.com', content, messageId: `${mails}@example.com`, headers: {} };
  return sendMail(mail, () => true);
}

describe('a mail server with certificates', () => {
  it('receives mail over STARTTLS, and over new connections after a password change', async () => {
    const password = { current: 'first' };
    const { received, port } = await startServer({ secure: false }, password);
    store.values.set('/smtp', `smtp://me:first@localhost:${port}`);

    await send();
    password.current = 'second';
    store.values.set('/smtp', `smtp://me:second@localhost:${port}`);
    // More mails than open connections: some have to log in.
    await waitFor(() => Promise.all(Array.from({ length: 12 }, send)), { what: 'twelve mails at once' });

    expect(received.length).toBeGreaterThanOrEqual(13);
    for (const mail of received) expect(mail).toMatchObject({ secure: true, user: 'me' });
  });

  it('receives mail over implicit TLS', async () => {
    const { received, port } = await startServer({ secure: true }, { current: 'first' });
    store.values.set('/smtp', `smtps://me:first@localhost:${port}`);

    await send();

    expect(received).toMatchObject([{ secure: true, user: 'me' }]);
  });

  it.each([
    ['offers no STARTTLS', { disabledCommands: ['STARTTLS'] }, 'localhost'],
    ['has the certificate of another host', {}, '127.0.0.1'],
  ])('that %s receives neither the password nor the mail', async (_, options, host) => {
    const logins: string[] = [];
    const onAuth: SMTPServerOptions['onAuth'] = ({ username }, _session, done) => {
      logins.push(String(username));
      done(null, { user: 'me' });
    };
    const { received, port } = await startServer({ secure: false, onAuth, ...options }, { current: 'first' });
    store.values.set('/smtp', `smtp://me:first@${host}:${port}`);

    const failure: unknown = await send().catch((error: unknown) => error);

    expect(outcomeOf(failure)).toMatchObject({ kind: 'server-down' });
    expect([logins, received]).toEqual([[], []]);
  });

  it('that keeps refusing the password counts as down, not as a refusal of the recipient', async () => {
    const { received, port } = await startServer({ secure: false }, { current: 'unknown' });
    store.values.set('/smtp', `smtp://me:first@localhost:${port}`);

    const failure: unknown = await send().catch((error: unknown) => error);

    expect(outcomeOf(failure)).toMatchObject({ kind: 'server-down' });
    expect(received).toEqual([]);
  });
});
