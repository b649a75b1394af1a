import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import type { Claim } from './delivery.ts';
import { sentRecorded, sentUnrecordable, sentUnrecorded } from './sent-unrecorded.ts';

const GROUP_SIZE = 20;
const GROUP_MS = 100;

export interface SentRecorderDependencies {
  markSent(uuids: readonly string[]): Promise<void>;
  confirm(claims: readonly Claim[]): Promise<void>;
}

/**
 * Records sent mails in groups of at most 20 mails or 100 ms, then confirms them. Mails that cannot be recorded stay in the
 * process-wide set of unrecorded mails.
 */
export function sentRecorder({ markSent, confirm }: SentRecorderDependencies) {
  let group: Claim[] = [];
  let timer: NodeJS.Timeout | undefined;
  const writing = new Set<Promise<void>>();

  const write = async (claims: readonly Claim[]): Promise<void> => {
    const uuids = claims.map(({ uuid }) => uuid);
    try {
      await markSent(uuids);
    } catch (error) {
      for (const uuid of uuids) sentUnrecordable.add(uuid);
      log.error('Sent mails not recorded, deliver-due retries', { mails: uuids.length, error });
      return;
    }
    sentRecorded(uuids);
    await confirm(claims).catch((error: unknown) => {
      log.warn('Confirmations not published, deliver-due retries', {
        mails: uuids.length,
        problem: errorText(error, 120),
      });
    });
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (group.length === 0) return;
    const work = write(group).finally(() => writing.delete(work));
    writing.add(work);
    group = [];
  };

  return {
    add(claim: Claim): void {
      sentUnrecorded.add(claim.uuid);
      group.push(claim);
      if (group.length >= GROUP_SIZE) flush();
      else timer ??= setTimeout(flush, GROUP_MS);
    },

    /** Records the last group and waits until every group has been attempted. */
    async end(): Promise<void> {
      flush();
      await Promise.all(writing);
    },
  };
}
