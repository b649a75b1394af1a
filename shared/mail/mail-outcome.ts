import { errorText } from '#shared/errors/error-text.ts';

/**
 * The outcome of one send.
 * - `sent`: the server answered 250.
 * - `refused-for-good`: the recipient is permanently refused.
 * - `refused-for-now`: the recipient is temporarily refused (greylisting, a full mailbox), or the server does not accept this
 *   sender's mail for it (`isBlocked`).
 * - `throttled`: the server accepts no more mails for now, whoever the recipient is.
 * - `server-down`: says nothing about the recipient, unless the server fails for this one only (`mayBeRecipient`): it closed the
 *   connection, stopped answering after its greeting, or answered 421 to RCPT TO or DATA.
 * - `lease-lost`: aborted before the first byte of the mail was sent.
 * - `unknown`: no answer in time; the server may have accepted the mail.
 */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused-for-good'; readonly reason: string }
  | { readonly kind: 'refused-for-now'; readonly reason: string; readonly isBlocked: boolean }
  | { readonly kind: 'throttled'; readonly reason: string }
  | { readonly kind: 'server-down'; readonly reason: string; readonly mayBeRecipient: boolean }
  | { readonly kind: 'lease-lost' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The lease ended before the mail's first byte was sent. */
export class LeaseLostError extends Error {
  constructor() {
    super('The lease ended before the mail was sent');
    this.name = 'LeaseLostError';
  }
}

/** The whole mail was sent but no answer arrived: the server may have accepted it. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super(`No answer after the whole mail was sent: ${errorText(cause)}`, { cause });
    this.name = 'NoAnswerError';
  }
}

interface SmtpError {
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly isGreeted?: unknown;
}

/** Removes the address from the reason: servers often repeat it, and the reason is kept after the address is erased. */
export function withoutAddress(outcome: MailOutcome, address: string): MailOutcome {
  if (!('reason' in outcome) || address === '') return outcome;
  const literal = address.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { ...outcome, reason: errorText(outcome.reason.replace(new RegExp(literal, 'giu'), '(address)')) };
}

/** Says that it is about the recipient's address or mailbox (RFC 3463). */
const ADDRESS_OR_MAILBOX = /^([45])\d\d[ -]\1\.[12]\.\d{1,3}\b/;

/** Bad sequence and authentication required: sent in answer to a recipient, but caused by this client. */
const ABOUT_US = new Set([503, 530]);

/** Security or policy (RFC 3463): the sender is blocked or may not relay. */
const BLOCKED = /^5\d\d[ -]5\.7\.\d{1,3}\b/;

/** A mail system that is overloaded or out of storage (4.3.x), but not closing (421), or providers' limits on a sender. */
const THROTTLED =
  /^454\b|^4(?!21)\d\d[ -]4\.3\.\d{1,3}\b|^4\d\d[ -]4\.7\.28\b|throttl|rate (limit )?exceeded|rate limit|sending (rate|quota)|quota exceeded for sender/i;

function isPermanent(command: string, status: number, response: string): boolean {
  if (status < 500 || ABOUT_US.has(status) || BLOCKED.test(response)) return false;
  if (command === 'RCPT TO') return true;
  return command === 'DATA' && ADDRESS_OR_MAILBOX.test(response);
}

/**
 * Classifies a failed send. Permanent: a 5xx to RCPT TO without 5.7.x, or to DATA with an enhanced code 5.1.x or 5.2.x (RFC
 * 3463). A server failure, not the recipient's: a refusal before RCPT TO, a 503 or 530 at any time, a 421 with no other cause, and
 * no answer at all.
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
    syscall,
    isGreeted,
  }: SmtpError = typeof error === 'object' && error !== null ? error : {};
  const command = typeof at === 'string' ? at : '';
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const response = typeof said === 'string' ? said : '';
  const reason = errorText(response === '' ? error : `${command}: ${response}`);
  if (command === 'API' && code === 'EENVELOPE') return { kind: 'refused-for-good', reason };
  if (isPermanent(command, status, response)) return { kind: 'refused-for-good', reason };
  const isAnswer = (command === 'RCPT TO' || command === 'DATA') && status >= 400 && !ABOUT_US.has(status);
  const isTheirs = ADDRESS_OR_MAILBOX.test(response);
  if (isAnswer && status < 500 && !isTheirs && THROTTLED.test(response)) return { kind: 'throttled', reason };
  if (!isAnswer || (status === 421 && !isTheirs)) {
    const isClosed = code === 'ECONNECTION' || syscall === 'read';
    const isUnanswered = isGreeted === true && status === 0;
    return { kind: 'server-down', reason, mayBeRecipient: isClosed || isUnanswered || isAnswer };
  }
  return { kind: 'refused-for-now', reason, isBlocked: BLOCKED.test(response) };
}
