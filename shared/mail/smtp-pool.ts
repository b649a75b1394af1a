import type { Readable } from 'node:stream';
import type { SMTPEnvelope } from 'nodemailer/lib/smtp-connection';
import { TimeLimitError, within } from '#shared/async/waiting.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import { connectionError, type SmtpConnection, type SmtpOptions, smtpConnection } from './smtp-connection.ts';

export interface SmtpPool {
  /**
   * Sends a mail over a free connection, or over a new one.
   * @throws nodemailer's errors; TimeLimitError after `limitMs`, waiting for a connection and connecting included. They have
   * `isGreeted` if the server had greeted.
   */
  send(envelope: SMTPEnvelope, message: Readable, limitMs: number): Promise<void>;
  /** Closes each connection as soon as it is free. */
  close(): void;
}

export interface PoolOptions {
  readonly maxConnections: number;
  /** Default: less than the 5 minutes that a server has to wait (RFC 5321), so that no mail meets a closing connection. */
  readonly idleLimitMs?: number;
}

interface Member {
  readonly connection: SmtpConnection;
  /** By the wall clock, which goes on while a function is frozen. */
  freeSince: number;
  idleTimer?: NodeJS.Timeout;
}

interface Waiter {
  readonly resolve: (member: Member) => void;
  readonly reject: (error: Error) => void;
}

/** A close by the server is noticed within this time, unless the process was frozen meanwhile. */
const FRESH_MS = 100;

/** Waits until the event loop has polled the sockets once and run the callbacks of those that closed. */
async function polled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether the server refused only this mail: the connection is still good. */
function isRefusal(error: unknown): boolean {
  const code = errorCodeOf(error);
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  return !(error instanceof Error && 'responseCode' in error && error.responseCode === 421);
}

/** Connections to one server, opened on demand and kept while they are used. */
export function smtpPool(server: SmtpOptions, { maxConnections, idleLimitMs = 240_000 }: PoolOptions): SmtpPool {
  const free: Member[] = [];
  const waiting: Waiter[] = [];
  let open = 0;
  let isClosed = false;

  const removeFree = (member: Member): boolean => {
    const index = free.indexOf(member);
    if (index >= 0) free.splice(index, 1);
    return index >= 0;
  };

  const newMember = (): Member => {
    open += 1;
    const member: Member = {
      freeSince: 0,
      connection: smtpConnection(server, () => {
        open -= 1;
        removeFree(member);
        clearTimeout(member.idleTimer);
        waiting.shift()?.resolve(newMember());
      }),
    };
    return member;
  };

  /** A frozen function finds its connections closed by the server or, after minutes, lost without notice. */
  const removeStale = async (): Promise<void> => {
    const idleMs = ({ freeSince }: Member) => Date.now() - freeSince;
    if (!free.some((member) => idleMs(member) > FRESH_MS)) return;
    await polled();
    for (const member of free.filter((one) => idleMs(one) > idleLimitMs)) {
      removeFree(member);
      member.connection.close();
    }
  };

  const take = async (): Promise<Member> => {
    await removeStale();
    const member = free.pop();
    if (member !== undefined) return member;
    if (open < maxConnections) return newMember();
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  };

  const release = (member: Member): void => {
    if (member.connection.isClosed()) return;
    if (isClosed) {
      member.connection.close();
      return;
    }
    const next = waiting.shift();
    if (next !== undefined) {
      next.resolve(member);
      return;
    }
    member.freeSince = Date.now();
    free.push(member);
    if (member.idleTimer !== undefined) {
      member.idleTimer.refresh();
      return;
    }
    member.idleTimer = setTimeout(() => {
      if (removeFree(member)) member.connection.quit();
    }, idleLimitMs).unref();
  };

  const releaseAfter = (error: unknown, member: Member): void => {
    const { connection } = member;
    if (connection.isClosed()) return;
    if (!isRefusal(error)) {
      connection.close();
      return;
    }
    connection.reset().then(
      () => release(member),
      () => connection.close(),
    );
  };

  return {
    async send(envelope, message, limitMs) {
      if (isClosed) throw connectionError('The connection pool is closed');
      let member: Member | undefined;
      let isOver = false;
      const sending = async (): Promise<void> => {
        const taken = await take();
        if (isOver) return release(taken);
        member = taken;
        try {
          await taken.connection.send(envelope, message);
        } catch (error) {
          releaseAfter(error, taken);
          throw error;
        }
        release(taken);
      };
      try {
        await within(limitMs, 'Sending a mail', sending());
      } catch (error) {
        isOver = true;
        if (error instanceof TimeLimitError) member?.connection.close();
        if (error instanceof Error && member?.connection.isGreeted()) Object.assign(error, { isGreeted: true });
        throw error;
      }
    },
    close() {
      isClosed = true;
      for (const { connection } of free.splice(0)) connection.close();
      for (const { reject } of waiting.splice(0)) reject(connectionError('The connection pool is closed'));
    },
  };
}
