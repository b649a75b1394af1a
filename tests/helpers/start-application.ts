import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import requireServers from './require-servers.ts';
import { type RunningApplication, runApplication } from './run-application.ts';
import { secretsIn, tracesOf } from './secret-traces.ts';
import { startMailServer, type TestMailServer } from './smtp-server.ts';

/** The one application that all system tests use. */
export interface Application extends RunningApplication {
  /** GET ?to=<address>: the raw mails that arrived there, as JSON; without an address all of them. */
  readonly mailsUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    application: Application;
  }
}

/**
 * Recipients say themselves how they want to be treated: `bounce…` is refused for good, `greylist…` for now the first two times,
 * `redrive…` for good the first time, with the name in the answer.
 */
const misbehave = (mail: TestMailServer): void => {
  const seen = new Map<string, number>();
  mail.refuse((recipient) => {
    if (recipient.startsWith('bounce')) return { code: 550, message: '5.1.1 no such user here' };
    const times = (seen.get(recipient) ?? 0) + 1;
    seen.set(recipient, times);
    if (recipient.startsWith('redrive') && times === 1)
      return { code: 550, message: `5.1.1 not yet ${recipient.split('@')[0]}` };
    if (!recipient.startsWith('greylist')) return undefined;
    return times <= 2 ? { code: 451, message: '4.7.1 come back later' } : undefined;
  });
};

const serveMails = async (mail: TestMailServer): Promise<http.Server> => {
  const server = http.createServer((request, response) => {
    const to = new URL(request.url ?? '/', 'http://mails').searchParams.get('to');
    const found = to === null ? mail.mails : mail.to(to);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found.map(({ raw }) => raw)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** Starts the application once for all system tests. Its sources may be edited meanwhile: it does not take that in. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  requireServers();
  const mail = await startMailServer();
  misbehave(mail);
  const mails = await serveMails(mail);
  const { application, stop } = await runApplication({ smtpUrl: mail.url, env: { HOT_RELOAD: '0' } });
  project.provide('application', {
    ...application,
    mailsUrl: `http://127.0.0.1:${(mails.address() as AddressInfo).port}/`,
  });
  return async () => {
    // After everything that the tests have done to it, failures included.
    const traces = await tracesOf(
      application,
      mail.mails.map(({ raw }) => raw),
    );
    await stop();
    mails.close();
    await mail.stop();
    const secrets = secretsIn(traces, application.operatorToken);
    if (secrets.length > 0)
      throw new Error(`The application wrote secrets down:\n${secrets.join('\n').slice(0, 2000)}`);
  };
};
