import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { randomEmail } from '#tests/helpers/random.ts';
import { runApplication } from '#tests/helpers/run-application.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const PRELOAD = pathToFileURL('tests/fixtures/skewed-clock.mjs').href;
const MINUTE = 60_000;

/** An application with a wrong clock, on servers with right ones. */
async function withSkew(skewMs: number, use: (baseUrl: string, mails: (to: string) => number) => Promise<void>) {
  const mail = await startMailServer();
  const refused = new Set<string>();
  mail.refuse((recipient) => {
    if (!recipient.startsWith('later') || refused.has(recipient)) return undefined;
    refused.add(recipient);
    return { code: 451, message: '4.7.1 come back later' };
  });
  const env = {
    HOT_RELOAD: '0',
    NODE_OPTIONS: `--import=${PRELOAD}`,
    CLOCK_SKEW_MS: String(skewMs),
    MAIL_REFUSED_FIRST_MS: '500',
  };
  const { application, stop } = await runApplication({ smtpUrl: mail.url, env });
  try {
    await use(application.baseUrl, (to) => mail.to(to).length);
  } finally {
    await stop();
    await mail.stop();
  }
}

async function register(baseUrl: string, email: string): Promise<Response> {
  return fetch(`${baseUrl}/api/users/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann', lastname: 'Lee', email, password: 'correct-horse-1' }),
  });
}

describe.concurrent.each([
  ['behind', -10 * MINUTE],
  ['ahead of', 10 * MINUTE],
])('an application whose clock is 10 minutes %s the servers’', (_, skewMs) => {
  it('publishes, mails, retries and confirms without delay', async () => {
    await withSkew(skewMs, async (baseUrl, mails) => {
      const [now, later] = [randomEmail(), `later${randomEmail()}`];

      const answers = await Promise.all([register(baseUrl, now), register(baseUrl, later)]);

      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      const { time }: { time: string } = JSON.parse(await (await fetch(`${baseUrl}/nowhere`)).text());
      expect(Math.abs(Date.parse(time) - Date.now() - skewMs)).toBeLessThan(MINUTE);
      await waitFor(() => mails(now) === 1 && mails(later) === 1, { timeoutMs: 15_000, what: 'both mails' });
    });
  });
});
