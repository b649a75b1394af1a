import { execFile } from 'node:child_process';
import { describe, expect, inject, it } from 'vitest';
import { eventOf, eventWhen, mailsTo } from '#tests/helpers/events.ts';
import { randomName } from '#tests/helpers/random.ts';
import { register } from '#tests/helpers/users.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';

const { baseUrl, operatorToken } = inject('application');

interface Run {
  readonly code: number;
  readonly output: string;
}

function redrive(args: readonly string[], token = operatorToken): Promise<Run> {
  return new Promise((resolve) => {
    const env = { ...process.env, OPERATOR_TOKEN: token };
    const child = execFile(
      process.execPath,
      runArguments('local/commands/redrive', '--url', baseUrl, ...args),
      { env },
      (_, out, err) => {
        resolve({ code: child.exitCode ?? -1, output: `${out}${err}` });
      },
    );
  });
}

/** Users whose mail is permanently refused once; the word is part of the reason. */
async function failedUsers(word: string, count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, index) => `${word}${index}@b.io`);
  for (const email of emails) await register({ email });
  await Promise.all(emails.map((email) => eventWhen(email, 'FAILED')));
  return emails;
}

describe('npm run redrive', () => {
  it('retries the FAILED events with a given reason, and each is mailed once', async () => {
    const word = randomName('redrive');
    const emails = await failedUsers(word, 3);

    const { code, output } = await redrive(['--reason', word]);

    expect(output).toContain('3 retried, 0 not FAILED any more or erased, 0 refused');
    expect(code).toBe(0);
    for (const email of emails) {
      await eventWhen(email, 'FINISHED');
      expect(await mailsTo(email)).toHaveLength(1);
    }
  });

  it('lists events without changing them', async () => {
    const word = randomName('redrive');
    const [email = ''] = await failedUsers(word, 1);
    const event = await eventOf(email);

    const { code, output } = await redrive(['--list', '--reason', word]);

    expect(code).toBe(0);
    expect(output).toContain(`${event?.uuid}  RCPT TO: 550 5.1.1`);
    expect(output).toMatch(/1 FAILED, \d+ dead letters of no event/);
    expect((await eventOf(email))?.eventState).toBe('FAILED');
  });

  it('respects its limit', async () => {
    const word = randomName('redrive');
    const emails = await failedUsers(word, 2);

    expect((await redrive(['--reason', word, '--limit', '1'])).output).toContain('1 retried');

    const newest = await eventWhen(emails[1] ?? '', 'FINISHED');
    expect(newest.reason).toBeNull();
    expect((await eventOf(emails[0] ?? ''))?.eventState).toBe('FAILED');
  });

  it.each([
    [['--limit', 'none'], operatorToken, '--limit'],
    [[], 'a-wrong-token', 'OPERATOR_TOKEN'],
    [['--url', 'http://127.0.0.1:1'], operatorToken, 'http://127.0.0.1:1 does not answer'],
  ])('explains the error: %j', async (args, token, text) => {
    const { code, output } = await redrive(args, token);

    expect(code).toBe(1);
    expect(output).toContain(text);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});
