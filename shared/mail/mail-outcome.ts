import { errorText } from '#shared/errors/error-text.ts';

/**
 * What became of one mail.
 * - `sent`: the server's 250 was seen.
 * - `refused-for-good`: this recipient will never get it.
 * - `refused-for-now`: this recipient may get it later (greylisting, a full mailbox).
 * - `server-down`: says nothing about the recipient.
 * - `lease-lost`: given up before the first byte of the mail was sent.
 * - `unknown`: no answer in time; the server may have taken it.
 */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused-for-good'; readonly reason: string }
  | { readonly kind: 'refused-for-now'; readonly reason: string }
  | { readonly kind: 'server-down'; readonly reason: string }
  | { readonly kind: 'lease-lost' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The holder's lease ended before the mail's first byte went out. */
export class LeaseLostError extends Error {
  constructor() {
    super('The lease ended before the mail was handed over');
    this.name = 'LeaseLostError';
  }
}

/** The mail's last byte went out, but no answer came back: the server may have taken it. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super(`No answer to the whole mail: ${errorText(cause)}`, { cause });
    this.name = 'NoAnswerError';
  }
}

interface SmtpError {
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly code?: unknown;
}

/** Servers like to repeat the address in their answer; a reason outlives the address, which is erased. */
export function withoutAddress(outcome: MailOutcome, address: string): MailOutcome {
  if (!('reason' in outcome) || address === '') return outcome;
  const literal = address.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { ...outcome, reason: errorText(outcome.reason.replace(new RegExp(literal, 'giu'), '(address)')) };
}

const ADDRESS_OR_MAILBOX = /^\d{3}[ -]5\.[12]\.\d{1,3}\b/;

/** Bad sequence and authentication required: said to a recipient, yet about us. */
const ABOUT_US = new Set([503, 530]);

function isPermanent(command: string, status: number, response: string): boolean {
  if (status < 500 || ABOUT_US.has(status)) return false;
  if (command === 'RCPT TO') return true;
  return command === 'DATA' && ADDRESS_OR_MAILBOX.test(response);
}

/**
 * What a failed send means. A 5xx to RCPT TO is final, and so is one to DATA with an enhanced code 5.1.x or 5.2.x (RFC 3463);
 * a refusal before RCPT TO, a 421, a 503 or 530 at any time, and everything without an answer is the server's trouble, not the recipient's.
 */
export function outcomeOf(error: unknown): MailOutcome {
  if (error instanceof LeaseLostError || (error instanceof Error && error.cause instanceof LeaseLostError)) {
    return { kind: 'lease-lost' };
  }
  if (error instanceof NoAnswerError) return { kind: 'unknown', reason: errorText(error) };
  const {
    command: at,
    responseCode,
    response: said,
    code,
  }: SmtpError = typeof error === 'object' && error !== null ? error : {};
  const command = typeof at === 'string' ? at : '';
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const response = typeof said === 'string' ? said : '';
  const reason = errorText(response === '' ? error : `${command}: ${response}`);
  if (command === 'API' && code === 'EENVELOPE') return { kind: 'refused-for-good', reason };
  if (isPermanent(command, status, response)) return { kind: 'refused-for-good', reason };
  const atRecipient = command === 'RCPT TO' || command === 'DATA';
  if (atRecipient && status >= 400 && status !== 421 && !ABOUT_US.has(status))
    return { kind: 'refused-for-now', reason };
  return { kind: 'server-down', reason };
}
