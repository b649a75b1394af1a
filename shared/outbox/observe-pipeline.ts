import { keptFor, monotonicMs } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { type Histogram, latencyOf, merge } from './histogram.ts';
import type { Minute, Pipeline } from './pipeline.ts';
import { pipelineRepository, type Span } from './pipeline-repository.ts';

const MINUTE_MS = 60_000;
const MINUTES = 15;
/** The minutes that still change with every registration: this one, and the one before, whose events are being committed. */
const RUNNING_MINUTES = 2;

/** How old what is told may be. */
const KEEP_MS = 1000;
/** The earlier minutes hardly change: only a late confirmation or a retry touches them. */
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
 * What goes through the pipeline: how many events are in each state, and rates and latencies of the last 15 minutes. Asked ever
 * so often it runs its queries once a second.
 * @throws (what it returns) AppError DEPENDENCY_DOWN
 */
export function observePipeline(
  database: () => Promise<Database>,
  clock: () => number = Date.now,
  elapsed: () => number = monotonicMs,
) {
  const minutesIn = async (span: Span): Promise<MinuteFigures[]> => {
    const count = Math.round((span.until.getTime() - span.from.getTime()) / MINUTE_MS);
    const [registered, failed, latencies] = await statement(await database(), (db) => {
      const pipeline = pipelineRepository(db);
      return Promise.all([pipeline.registeredIn(span), pipeline.failedIn(span), pipeline.latenciesIn(span)]);
    });
    return Array.from({ length: count }, (_, minute) => ({
      startsAt: span.from.getTime() + minute * MINUTE_MS,
      registered: registered.get(minute) ?? 0,
      failed: failed.get(minute) ?? 0,
      latencies: latencies.get(minute) ?? EMPTY,
    }));
  };

  /** The minutes from `first` to `last` before the one that runs. */
  const span = (first: number, last: number): Span => {
    const running = startOfMinute(clock());
    return { from: new Date(running - first * MINUTE_MS), until: new Date(running - (last - 1) * MINUTE_MS) };
  };

  const earlier = keptFor(KEEP_EARLIER_MS, () => minutesIn(span(MINUTES - 1, RUNNING_MINUTES)), elapsed);
  const running = () => minutesIn(span(RUNNING_MINUTES - 1, 0));

  /** When the minute has changed since the earlier ones were read, one is missing: an overlap is cut off, a gap is read. */
  const minutes = async (): Promise<MinuteFigures[]> => {
    const [before, now] = await Promise.all([earlier(), running()]);
    const oldest = startOfMinute(clock()) - (MINUTES - 1) * MINUTE_MS;
    const known = before.filter(({ startsAt }) => startsAt >= oldest && startsAt < (now[0]?.startsAt ?? 0));
    const next = (known.at(-1)?.startsAt ?? oldest - MINUTE_MS) + MINUTE_MS;
    const from = now[0]?.startsAt ?? next;
    const gap = next < from ? await minutesIn({ from: new Date(next), until: new Date(from) }) : [];
    return [...known, ...gap, ...now].slice(-MINUTES);
  };

  return keptFor(
    KEEP_MS,
    async (): Promise<Pipeline> => {
      const [figures, [processing, finished, failed, unpublished, oldest]] = await Promise.all([
        minutes(),
        statement(await database(), (db) => {
          const pipeline = pipelineRepository(db);
          return Promise.all([
            pipeline.countState('PROCESSING'),
            pipeline.countState('FINISHED'),
            pipeline.countState('FAILED'),
            pipeline.countUnpublished(),
            pipeline.oldestUnfinished(),
          ]);
        }),
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
