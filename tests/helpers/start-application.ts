import type { TestProject } from 'vitest/node';
import { startMailbox } from './mailbox.ts';
import requireServers from './require-servers.ts';
import { type RunningApplication, runApplication } from './run-application.ts';
import { secretsIn, tracesOf } from './secret-traces.ts';

/** The one application that all system tests use. */
export interface Application extends RunningApplication {
  /** What arrived, and the mail server's switch: see Mailbox. */
  readonly mailsUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    application: Application;
  }
}

/** Starts the application once for all system tests. Its sources may be edited meanwhile: it does not take that in. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  requireServers();
  const mailbox = await startMailbox();
  const { smtpUrl, mailsUrl } = mailbox;
  const { application, stop } = await runApplication({ smtpUrl, env: { HOT_RELOAD: '0', MAIL_UI_URL: mailsUrl } });
  project.provide('application', { ...application, mailsUrl });
  return async () => {
    // After everything that the tests have done to it, failures included.
    const traces = await tracesOf(application, mailbox.all());
    await stop();
    await mailbox.close();
    const secrets = secretsIn(traces, application.operatorToken);
    if (secrets.length > 0)
      throw new Error(`The application wrote secrets down:\n${secrets.join('\n').slice(0, 2000)}`);
  };
};
