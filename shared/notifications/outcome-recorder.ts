import { backoffMs } from '#shared/async/waiting.ts';
import type { Store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { stopSignal } from '#shared/runtime/lifecycle.ts';
import type { DeliveryMemory, Outcome } from './delivery.ts';
import type { deliveryRepository } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';

/** A crash may repeat the mails of groups that are not recorded yet. */
const GROUP_SIZE = 50;
const GROUP_MS = 100;
/** No attempt to record starts with less time left: longer than a statement may take. */
const RESERVE_MS = 2000;
const BACKOFF = { firstMs: 100, longestMs: 1000 };
/** Outcomes of an earlier call that are recorded at once. */
const BATCH = 100;

export interface RecorderDependencies {
  readonly inbox: Store<ReturnType<typeof deliveryRepository>>;
  readonly results: PublishResults;
  readonly memory: DeliveryMemory;
}

/** Records outcomes, then publishes the results among them. */
export function outcomeRecorder({ inbox, results, memory }: RecorderDependencies) {
  /** Returns false if another worker holds the lease. */
  const recordOne = (outcome: Exclude<Outcome, { kind: 'sent' }>): Promise<boolean> => {
    const { uuid, leaseOwner } = outcome.claim;
    switch (outcome.kind) {
      case 'failed':
        return inbox('record failed', (rows) => rows.markFailed(uuid, leaseOwner, outcome.reason));
      case 'postponed':
        return inbox('postpone delivery', (rows) => rows.postpone(uuid, leaseOwner, outcome.postponement));
      case 'released':
        return inbox('release delivery', (rows) => rows.release(uuid, leaseOwner, outcome));
    }
  };

  /** Removes each outcome from `group` once it is recorded. */
  const record = async (group: Outcome[]): Promise<void> => {
    const sent = group.flatMap((outcome) => (outcome.kind === 'sent' ? outcome.claim : []));
    if (sent.length > 0) {
      const uuids = sent.map(({ uuid }) => uuid);
      await inbox('record sent', (rows) => rows.markSent(uuids));
      for (const uuid of uuids) memory.sent.delete(uuid);
      group.splice(0, group.length, ...group.filter(({ kind }) => kind !== 'sent'));
      await results.confirm(sent);
    }
    for (let next = group[0]; next !== undefined && next.kind !== 'sent'; next = group[0]) {
      const isMine = await recordOne(next);
      group.shift();
      if (isMine && next.kind === 'failed') await results.bury([{ ...next.claim, reason: next.reason }]);
    }
  };

  /** Records with back-off while there is time; what is left then stays in the process's memory. */
  const recordInTime = async (group: Outcome[], remainingMs: () => number): Promise<void> => {
    for (let attempt = 1; group.length > 0; attempt += 1) {
      try {
        return await record(group);
      } catch (error) {
        const waitMs = backoffMs(BACKOFF, attempt);
        if (remainingMs() - waitMs < RESERVE_MS || stopSignal.aborted) {
          log.error('Outcomes not recorded, this process records them later', { outcomes: group.length, error });
          memory.unrecorded.push(...group);
          return;
        }
        log.warn('Outcomes not recorded, retrying', { outcomes: group.length, problem: errorText(error, 120) });
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };

  return {
    /** Records what an earlier call left. @throws AppError DEPENDENCY_DOWN */
    async recordLeft(): Promise<void> {
      while (memory.unrecorded.length > 0) {
        const group = memory.unrecorded.splice(0, BATCH);
        try {
          await record(group);
        } catch (error) {
          memory.unrecorded.push(...group);
          throw error;
        }
      }
    },

    /** Starts a recording in groups of at most 50 outcomes or 100 ms. */
    begin(remainingMs: () => number) {
      let group: Outcome[] = [];
      let timer: NodeJS.Timeout | undefined;
      const writing = new Set<Promise<void>>();

      const flush = (): void => {
        clearTimeout(timer);
        timer = undefined;
        if (group.length === 0) return;
        const work = recordInTime(group, remainingMs).finally(() => writing.delete(work));
        writing.add(work);
        group = [];
      };

      return {
        add(outcome: Outcome): void {
          group.push(outcome);
          if (group.length >= GROUP_SIZE) flush();
          else timer ??= setTimeout(flush, GROUP_MS);
        },

        /** Records the last group and waits until every group has been attempted. */
        async end(): Promise<void> {
          flush();
          await Promise.all(writing);
        },
      };
    },
  };
}

export type OutcomeRecorder = ReturnType<typeof outcomeRecorder>;
