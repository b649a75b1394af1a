import { describe, expect, it } from 'vitest';
import { LeaseLostError, NoAnswerError, outcomeOf, withoutAddress } from '#shared/mail/mail-outcome.ts';

function smtpError(command: string, response: string, code = 'EENVELOPE') {
  return Object.assign(new Error(`failed: ${response}`), {
    command,
    response,
    code,
    responseCode: Number(response.slice(0, 3)),
  });
}

const GOOD = 'refused-for-good';
const NOW = 'refused-for-now';
const DOWN = 'server-down';
const THROTTLED = 'throttled';

describe('outcomeOf', () => {
  it.each([
    ['CONN', '554 no service', DOWN],
    ['CONN', '421 busy', DOWN],
    ['EHLO', '550 5.1.1 no', DOWN],
    ['HELO', '502 no', DOWN],
    ['STARTTLS', '554 no', DOWN],
    ['AUTH PLAIN', '535 5.7.8 bad credentials', DOWN],
    ['AUTH LOGIN', '454 4.7.0 later', DOWN],
    ['MAIL FROM', '550 5.1.8 bad sender', DOWN],
    ['MAIL FROM', '552 5.2.2 full', DOWN],
    ['MAIL FROM', '451 4.3.0 later', DOWN],
    ['MAIL FROM', '421 4.3.2 closing', DOWN],
    ['RCPT TO', '550 5.1.1 unknown', GOOD],
    ['RCPT TO', '550 unknown', GOOD],
    ['RCPT TO', '551 moved', GOOD],
    ['RCPT TO', '552 full', GOOD],
    ['RCPT TO', '553 5.1.3 bad', GOOD],
    ['RCPT TO', '554 5.7.1 relaying denied', NOW],
    ['RCPT TO', '550 5.7.606 banned sender', NOW],
    ['RCPT TO', '554 relaying denied', GOOD],
    ['RCPT TO', '450 4.3.2 overloaded', THROTTLED],
    ['DATA', '454 Throttling failure: Maximum sending rate exceeded.', THROTTLED],
    ['DATA', '451 4.7.0 Rate limit exceeded', THROTTLED],
    ['DATA', '452 4.3.1 out of storage', THROTTLED],
    ['RCPT TO', '421 4.7.28 rate limit exceeded', THROTTLED],
    ['DATA', '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail', THROTTLED],
    ['DATA', '450 4.7.28 unusual rate', THROTTLED],
    ['RCPT TO', '452 4.2.1 mailbox receiving rate exceeded', NOW],
    ['RCPT TO', '450-4.2.1 receiving mail at a rate that exceeds its quota; sending rate', NOW],
    ['RCPT TO', '454 4.1.1 throttled address', NOW],
    ['RCPT TO', '421 4.2.1 mailbox receiving rate exceeded', NOW],
    ['MAIL FROM', '421 4.7.28 rate limit exceeded', DOWN],
    ['DATA', '550 4.2.1 contradicts itself', NOW],
    ['RCPT TO', '450 4.2.0 greylisted', NOW],
    ['RCPT TO', '451 4.7.1 later', NOW],
    ['RCPT TO', '452 4.2.2 full', NOW],
    ['RCPT TO', '421 4.3.2 closing', DOWN],
    ['DATA', '550 5.1.1 unknown', GOOD],
    ['DATA', '550-5.1.10 unknown', GOOD],
    ['DATA', '552 5.2.2 full', GOOD],
    ['DATA', '552 5.2.3 too large', GOOD],
    ['DATA', '550 5.10.1 not 5.1.x', NOW],
    ['DATA', '550 text that names 5.1.1 later', NOW],
    ['DATA', '554 5.7.1 spam', NOW],
    ['DATA', '554 5.3.4 too large', NOW],
    ['DATA', '550 no code', NOW],
    ['DATA', '451 4.5.0 later', NOW],
    ['DATA', '421 4.3.2 closing', DOWN],
  ])('maps %s, %s to %s', (command, response, kind) => {
    const outcome = outcomeOf(smtpError(command, response));

    expect(outcome).toMatchObject({ kind, reason: `${command}: ${response}` });
  });

  it.each([
    ['an address that the protocol cannot carry', { command: 'API', code: 'EENVELOPE' }, GOOD],
    ['a call on a closed connection', { command: 'API', code: 'ECONNECTION' }, DOWN],
    ['no connection', { command: 'CONN', code: 'ECONNECTION' }, DOWN],
    ['a name that is not found', { code: 'EDNS' }, DOWN],
    ['no answer to RCPT TO', { command: 'RCPT TO', code: 'ETIMEDOUT' }, DOWN],
    ['no answer before DATA', { command: 'DATA', code: 'ETIMEDOUT' }, DOWN],
    ['an abort', { name: 'AbortError', code: 'ABORT_ERR' }, DOWN],
    ['odd types', { command: 5, responseCode: '550', response: 7 }, DOWN],
  ])('maps %s to %s', (_, properties, kind) => {
    expect(outcomeOf(Object.assign(new Error('x'), properties)).kind).toBe(kind);
  });

  it.each([
    ['421 to the recipient', { command: 'RCPT TO', responseCode: 421, response: '421 closing' }, true],
    ['a connection that the server closed', { command: 'CONN', code: 'ECONNECTION' }, true],
    ['no answer after the greeting', { command: 'CONN', code: 'ETIMEDOUT', isGreeted: true }, true],
    ['no greeting in time', { command: 'CONN', code: 'ETIMEDOUT' }, false],
    ['a refused sender', { command: 'MAIL FROM', responseCode: 451, response: '451 no', isGreeted: true }, false],
    ['a reset while reading', { command: 'CONN', code: 'ESOCKET', syscall: 'read' }, true],
    ['no connection', { command: 'CONN', code: 'ESOCKET', syscall: 'connect' }, false],
    ['421 in the greeting', { command: 'CONN', responseCode: 421, response: '421 busy' }, false],
  ])('knows whether the recipient may be the cause: %s', (_, properties, mayBeRecipient) => {
    expect(outcomeOf(Object.assign(new Error('x'), properties))).toMatchObject({ kind: DOWN, mayBeRecipient });
  });

  it.each([undefined, null, 'text', 5, {}])('does not blame the recipient for %j', (thrown) => {
    expect(outcomeOf(thrown).kind).toBe(DOWN);
  });

  it('recognises a lost lease, wrapped or not', () => {
    expect(outcomeOf(new LeaseLostError())).toEqual({ kind: 'lease-lost' });
    expect(outcomeOf(new Error('stream', { cause: new LeaseLostError() }))).toEqual({ kind: 'lease-lost' });
  });

  it('recognises a mail whose acceptance is unknown', () => {
    expect(outcomeOf(new NoAnswerError(new Error('timeout')))).toMatchObject({ kind: 'unknown' });
  });

  it('returns a reason even for a value that cannot be converted to text', () => {
    expect(outcomeOf({ toString: '' })).toMatchObject({ kind: 'server-down', reason: expect.stringMatching(/./) });
  });

  it('limits the reason to one line that fits the column', () => {
    const outcome = outcomeOf(smtpError('RCPT TO', `550 5.1.1 ${'no\r\n'.repeat(500)}`));

    expect('reason' in outcome && outcome.reason.length).toBeLessThanOrEqual(500);
    expect('reason' in outcome && outcome.reason).not.toMatch(/[\r\n]/);
  });
});

describe('withoutAddress', () => {
  it('limits the reason even though the placeholder is longer than the address', () => {
    const outcome = outcomeOf(smtpError('RCPT TO', `550 5.1.1 ${'<a@b.c> '.repeat(60)}`));

    const { reason } = { reason: '', ...withoutAddress(outcome, 'a@b.c') };

    expect(reason).toContain('(address)');
    expect(reason.length).toBeLessThanOrEqual(500);
  });

  it('removes the address from a reason in any case and with any characters', () => {
    const outcome = outcomeOf(smtpError('RCPT TO', '550 5.1.1 <A.B+c@X.io>: A.b+C@x.io unknown'));

    expect(withoutAddress(outcome, 'a.b+c@x.io')).toMatchObject({
      reason: 'RCPT TO: 550 5.1.1 <(address)>: (address) unknown',
    });
  });

  it.each(['[a]\\{2}^$|*?@b.io', 'a-b/c@b.io', "o'x@b.io", 'ä@ß.io', ''])('handles %j literally', (address) => {
    expect(withoutAddress({ kind: 'unknown', reason: `to ${address}.` }, address)).toEqual({
      kind: 'unknown',
      reason: address === '' ? 'to .' : 'to (address).',
    });
  });

  it('returns an outcome without a reason unchanged', () => {
    expect(withoutAddress({ kind: 'sent' }, 'a@b.io')).toEqual({ kind: 'sent' });
  });
});
