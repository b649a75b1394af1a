import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { AppError } from '#shared/errors/app-error.ts';
import type { RegisterUser } from './register-user.ts';

/** Gives a counted place back. */
type Leave = () => Promise<void>;

export interface LimitMailsDependencies {
  register: RegisterUser;
  /**
   * Counts a mail. `recipient` is only called if there is a limit.
   * @throws AppError RATE_LIMITED
   */
  limit(recipient: () => Promise<string>): Promise<Leave>;
  /** IDEMPOTENCY_SECRET. */
  secrets(): Promise<string>;
}

/** The mailbox of an address: without +tag, in lower case, the domain in ASCII. Different addresses may name one mailbox. */
export function mailboxOf(address: string): string {
  const [, local = '', domain = ''] = /^(.*)@(.*)$/s.exec(address.normalize('NFC').toLowerCase()) ?? [];
  return `${local.replace(/(?<=.)\+.*$/s, '')}@${domainToASCII(domain) || domain}`;
}

/** Keyed, so that the limits in Redis do not reveal who registered. */
function digestOf(secrets: string, mailbox: string): string {
  return createHmac('sha256', secrets.split(',')[0] ?? '')
    .update(`mails\0${mailbox}`)
    .digest('hex');
}

/**
 * Registers a user if the mailbox has received fewer welcome mails than the limit. Counts before the commit, and gives the place
 * back when no mail is sent; after an outage of the database that is not known.
 * @throws AppError RATE_LIMITED; whatever `register` throws
 */
export function limitMails({ register, limit, secrets }: LimitMailsDependencies): RegisterUser {
  return async (body, alsoStore) => {
    const leave = await limit(async () => digestOf(await secrets(), mailboxOf(body.email)));
    try {
      return await register(body, alsoStore);
    } catch (error) {
      const isUnknown = error instanceof AppError && error.code === 'DEPENDENCY_DOWN';
      if (!isUnknown) await leave();
      throw error;
    }
  };
}
