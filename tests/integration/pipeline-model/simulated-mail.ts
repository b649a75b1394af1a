import type { Mail } from '#shared/mail/compose-mail.ts';
import { LeaseLostError, NoAnswerError } from '#shared/mail/mail-outcome.ts';
import type { SendMail } from '#shared/mail/mail-transport.ts';
import type { Life, Simulation } from './simulation.ts';

/**
 * The server's response to the next mail.
 * - `unknown user`: 550 to the recipient. - `greylisted`: 451 to the recipient. - `away`: no connection.
 * - `throttled`: 454 to the recipient. - `dropped`: the connection closes.
 * - `silent`: accepts the mail and never responds.
 */
export type MailAnswer = 'taken' | 'unknown user' | 'greylisted' | 'throttled' | 'dropped' | 'away' | 'silent';

/** One accepted mail. */
export interface TakenMail {
  readonly uuid: string;
  readonly messageId: string;
  readonly life: Life;
  /** The end of the lease under which it was sent, in the simulation's time. */
  readonly leaseEndsAt: number;
  /** Whether its 250 reached the process. */
  wasSeen: boolean;
  /** Whether the process learned that no 250 arrived. */
  wasLost: boolean;
  /** Whether SENT was recorded while that lease held. */
  wasRecordedInTime: boolean;
}

export interface MailAttempt {
  readonly uuid: string;
  readonly answer: MailAnswer;
  readonly atMs: number;
}

/** Records the accepted mails. */
interface Ledger {
  readonly taken: TakenMail[];
  readonly attempts: MailAttempt[];
  /** Called before a mail is accepted; returns the end of the lease according to the database. */
  beforeTaking(uuid: string, life: Life): Promise<number>;
}

function uuidOf({ messageId }: Mail): string {
  return messageId.slice(0, messageId.indexOf('@'));
}

function smtpError(responseCode: number, response: string): Error {
  return Object.assign(new Error(response), { command: 'RCPT TO', responseCode, response });
}

/** A mail server with scripted responses, one per mail, that stores accepted mails. */
export function simulatedMail(simulation: Simulation, ledger: Ledger) {
  const { taken, attempts } = ledger;
  const script: MailAnswer[] = [];

  const sendMail: SendMail = async (mail, mayStillSend) => {
    const life = simulation.currentLife();
    if (life === undefined) throw new Error('A mail is sent by a process');
    const uuid = uuidOf(mail);
    const answer = script.shift() ?? 'taken';
    attempts.push({ uuid, answer, atMs: simulation.elapsedMs() });
    if (answer === 'away') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET', command: 'CONN' });
    if (answer === 'dropped')
      throw Object.assign(new Error('Connection closed'), { code: 'ECONNECTION', command: 'CONN' });
    if (answer === 'throttled') throw smtpError(454, '454 Throttling failure');
    if (answer === 'unknown user') throw smtpError(550, '550 5.1.1 unknown user');
    if (answer === 'greylisted') throw smtpError(451, '451 4.7.1 greylisted');
    await simulation.waitAt('SMTP: go-ahead');
    if (!mayStillSend()) throw new LeaseLostError();
    const leaseEndsAt = await simulation.outside(() => ledger.beforeTaking(uuid, life));
    const entry: TakenMail = {
      uuid,
      messageId: mail.messageId,
      life,
      leaseEndsAt,
      wasSeen: false,
      wasLost: false,
      wasRecordedInTime: false,
    };
    taken.push(entry);
    await simulation.waitAt('SMTP: taken');
    entry.wasLost = answer === 'silent';
    if (entry.wasLost) throw new NoAnswerError(new Error('timeout'));
    entry.wasSeen = true;
  };

  return {
    sendMail,
    answerNext: (answer: MailAnswer): void => void script.push(answer),
    behave: (): void => void script.splice(0),
  };
}

export type SimulatedMail = ReturnType<typeof simulatedMail>;
