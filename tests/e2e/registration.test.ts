import { describe, expect, inject, it } from 'vitest';
import { randomEmail } from '#tests/helpers/random.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { baseUrl, mailsUrl, operatorToken } = inject('application');

const register = async (email: string): Promise<Response> =>
  fetch(`${baseUrl}/api/users/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    body: JSON.stringify({ name: 'Ann', lastname: 'Lee', email, password: 'correct-horse-1' }),
  });

const mailsTo = async (email: string): Promise<string[]> => (await fetch(`${mailsUrl}?to=${email}`)).json();

const eventOf = async (email: string) => {
  const answer = await fetch(`${baseUrl}/api/events?pageSize=100`, {
    headers: { authorization: `Bearer ${operatorToken}` },
  });
  const { content } = await answer.json();
  return content.find((event: { userEmail: string }) => event.userEmail === email);
};

describe('a registration', () => {
  it('is answered, mailed once and marked FINISHED', async () => {
    const email = randomEmail();

    const answer = await register(email);

    expect(answer.status).toBe(201);
    const [raw] = await waitFor(
      async () => {
        const mails = await mailsTo(email);
        return mails.length > 0 && mails;
      },
      { what: 'the mail' },
    );
    const event = await waitFor(
      async () => {
        const found = await eventOf(email);
        return found?.eventState === 'FINISHED' && found;
      },
      { what: 'FINISHED' },
    );
    expect(raw).toContain('Subject: Welcome to our site!');
    expect(raw).toContain('Thank you for creating account!');
    expect(raw).toMatch(/^traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-/im);
    expect(raw).toContain(`Message-ID: <${event.uuid}@`);
    expect(event.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('of an address that is refused for good becomes FAILED with the reason', async () => {
    const email = `bounce-${randomEmail()}`;

    await register(email);

    const event = await waitFor(
      async () => {
        const found = await eventOf(email);
        return found?.eventState === 'FAILED' && found;
      },
      { what: 'FAILED' },
    );
    expect(event.reason).toContain('5.1.1');
  });

  it('of an address that is refused for now is mailed later', async () => {
    const email = `greylist-${randomEmail()}`;

    await register(email);

    await waitFor(async () => (await mailsTo(email)).length === 1, { timeoutMs: 40_000, what: 'the mail' });
  });
});
