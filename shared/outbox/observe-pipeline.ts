import { memoizeFor, monotonicMs } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { listPages } from '#shared/db/list-page.ts';
import { store } from '#shared/db/run.ts';
import type { EventState } from './event.ts';
import { type Histogram, latencyOf, merge } from './histogram.ts';
import { eventsIn } from './list-events.ts';
import type { Minute, Pipeline } from './outbox-schemas.ts';
import { pipelineRepository, type Span } from './pipeline-repository.ts';

const MINUTE_MS = 60_000;
const MINUTES = 15;
/** The minutes that every registration may change: the current one, and the previous one, whose events may still be committing. */
const RUNNING_MINUTES = 2;

/** Maximum age of an answer. */
const KEEP_MS = 1000;
/** Earlier minutes rarely change: only a late confirmation or a retry touches them. */
const KEEP_EARLIER_MS = 30_000;

interface MinuteFigures {
  readonly startsAt: number;
  readonly registered: number;
  readonly failed: number;
  readonly latencies: Histogram;
}

const EMPTY: Histogram = new Map();

function startOfMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function toMinute({ startsAt, registered, failed, latencies }: MinuteFigures): Minute {
  return {
    startsAt: new Date(startsAt).toISOString(),
    registered,
    finished: [...latencies.values()].reduce((sum, count) => sum + count, 0),
    failed,
    latencyMs: latencyOf(latencies),
  };
}

/**
 * Returns a function that reports the pipeline: the number of events in each state, and rates and latencies of the last
 * 15 minutes. It runs its queries at most once per second, however often it is called.
 * @throws (the returned function) AppError DEPENDENCY_DOWN
 */
export function observePipeline(
  database: () => Promise<Database>,
  clock: () => number = Date.now,
  elapsed: () => number = monotonicMs,
) {
  const query = store(database, pipelineRepository);
  const lists = listPages(database, elapsed);
  const totalIn = async (state: EventState) => ({ count: await lists.total(eventsIn(state)), isMore: false });

  const minutesIn = async (span: Span): Promise<MinuteFigures[]> => {
    const count = Math.round((span.until.getTime() - span.from.getTime()) / MINUTE_MS);
    const [registered, failed, latencies] = await query((pipeline) =>
      Promise.all([pipeline.registeredIn(span), pipeline.failedIn(span), pipeline.latenciesIn(span)]),
    );
    return Array.from({ length: count }, (_, minute) => ({
      startsAt: span.from.getTime() + minute * MINUTE_MS,
      registered: registered.get(minute) ?? 0,
      failed: failed.get(minute) ?? 0,
      latencies: latencies.get(minute) ?? EMPTY,
    }));
  };

  /** From the start of the minute `first` minutes ago to the end of the one `last` minutes ago. */
  const span = (first: number, last: number): Span => {
    const current = startOfMinute(clock());
    return { from: new Date(current - first * MINUTE_MS), until: new Date(current - (last - 1) * MINUTE_MS) };
  };

  const earlier = memoizeFor(KEEP_EARLIER_MS, () => minutesIn(span(MINUTES - 1, RUNNING_MINUTES)), elapsed);
  const running = () => minutesIn(span(RUNNING_MINUTES - 1, 0));

  /** The earlier minutes may be cached from a previous minute: drops the overlap and reads the gap. */
  const minutes = async (): Promise<MinuteFigures[]> => {
    const [before, now] = await Promise.all([earlier(), running()]);
    const oldest = startOfMinute(clock()) - (MINUTES - 1) * MINUTE_MS;
    const known = before.filter(({ startsAt }) => startsAt >= oldest && startsAt < (now[0]?.startsAt ?? 0));
    const next = (known.at(-1)?.startsAt ?? oldest - MINUTE_MS) + MINUTE_MS;
    const from = now[0]?.startsAt ?? next;
    const gap = next < from ? await minutesIn({ from: new Date(next), until: new Date(from) }) : [];
    return [...known, ...gap, ...now].slice(-MINUTES);
  };

  return memoizeFor(
    KEEP_MS,
    async (): Promise<Pipeline> => {
      const [figures, processing, finished, failed, [unpublished, oldest]] = await Promise.all([
        minutes(),
        totalIn('PROCESSING'),
        totalIn('FINISHED'),
        totalIn('FAILED'),
        query((pipeline) => Promise.all([pipeline.countUnpublished(), pipeline.oldestUnfinished()])),
      ]);
      return {
        observedAt: new Date(clock()).toISOString(),
        states: { PROCESSING: processing, FINISHED: finished, FAILED: failed },
        unpublished,
        oldestUnfinishedAt: oldest?.toISOString() ?? null,
        latencyMs: latencyOf(merge(figures.map(({ latencies }) => latencies))),
        minutes: figures.map(toMinute),
      };
    },
    elapsed,
  );
}
