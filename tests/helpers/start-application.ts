import type { TestProject } from 'vitest/node';
import { startMailbox } from './mailbox.ts';
import requireServers from './require-servers.ts';
import { type RunningApplication, runApplication } from './run-application.ts';
import { secretsIn, tracesOf } from './secret-traces.ts';

/** The application that all system tests share. */
export interface Application extends RunningApplication {
  /** The mails and the mail server's switch: see Mailbox. */
  readonly mailsUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    application: Application;
  }
}

/** Starts the application once for all system tests, without hot reload: its sources may be edited meanwhile. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  requireServers();
  const mailbox = await startMailbox();
  const { smtpUrl, mailsUrl } = mailbox;
  const { application, stop } = await runApplication({ smtpUrl, env: { HOT_RELOAD: '0', MAIL_UI_URL: mailsUrl } });
  project.provide('application', { ...application, mailsUrl });
  return async () => {
    // At the end, after all tests including failed ones.
    const traces = await tracesOf(application, mailbox.all());
    await stop();
    await mailbox.close();
    const secrets = secretsIn(traces, application.operatorToken);
    if (secrets.length > 0) throw new Error(`The application wrote secrets:\n${secrets.join('\n').slice(0, 2000)}`);
  };
};
