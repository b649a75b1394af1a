import type { MetricsRecorder } from '../metrics/metrics.ts';
import type { Partition } from '../partition/partition.ts';
import type { Log } from '../support/log.ts';
import { describeError } from '../support/value.ts';

const RETRY_MS = 250;

export interface CommitterOptions {
  readonly partitions: ReadonlyMap<number, Partition>;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
  /** Null while no membership can commit. */
  readonly commit: () => ((offsets: ReadonlyMap<number, number>) => Promise<void>) | null;
  readonly onCommitted: () => void;
}

/**
 * Commits finished records, one request at a time. While a request is in flight the next one accumulates, so that no
 * function waits for a commit, and no commit covers unfinished records.
 */
export interface Committer {
  /** Call when records are finished. */
  poke(): void;
  /** Resolves when nothing is left to commit, or a commit failed. */
  flush(): Promise<void>;
}

export function createCommitter(options: CommitterOptions): Committer {
  const { partitions, metrics, log } = options;
  let running: Promise<void> | null = null;
  let isPokedAgain = false;
  let retryTimer: NodeJS.Timeout | null = null;

  async function commitOnce(): Promise<'more' | 'idle' | 'failed'> {
    const commit = options.commit();
    const due = [...partitions].flatMap(([id, partition]): [number, Partition, number][] => {
      const offset = partition.offsetToCommit;
      return offset === null ? [] : [[id, partition, offset]];
    });
    if (commit === null || due.length === 0) return 'idle';
    try {
      await commit(new Map(due.map(([id, , offset]) => [id, offset])));
    } catch (error) {
      metrics.add('CommitErrorCount');
      log.debug('the offsets could not be committed, retrying', { error: describeError(error) });
      return 'failed';
    }
    for (const [, partition, offset] of due) metrics.add('CommittedEventCount', partition.committed(offset));
    options.onCommitted();
    return 'more';
  }

  async function run(): Promise<void> {
    let result: Awaited<ReturnType<typeof commitOnce>>;
    do {
      isPokedAgain = false;
      result = await commitOnce();
    } while (result === 'more' || (result === 'idle' && isPokedAgain));
    if (result === 'failed' && retryTimer === null) {
      retryTimer = setTimeout(() => {
        retryTimer = null;
        poke();
      }, RETRY_MS);
      retryTimer.unref();
    }
  }

  function poke(): void {
    isPokedAgain = true;
    running ??= run().finally(() => {
      running = null;
      if (isPokedAgain && retryTimer === null) poke();
    });
  }

  return {
    poke,
    async flush() {
      poke();
      while (running !== null) await running;
    },
  };
}
