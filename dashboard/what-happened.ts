import type { PipelineEvent } from '#shared/outbox/outbox-schemas.ts';
import { untilText } from './format.ts';
import type { Snapshot } from './snapshot.ts';

type Waiting = NonNullable<Snapshot['deliveries']>['waiting'][number];

function waitingText({ attempts, reason, nextAttemptAt }: Waiting, now: number): string {
  const next = nextAttemptAt === null ? '' : `, next try ${untilText(nextAttemptAt, now)}`;
  if (attempts === 0) return `waiting to be sent${next}`;
  return `refused ${attempts === 1 ? 'once' : `${attempts} times`}${next}: ${reason ?? ''}`;
}

/** Describes an event in addition to its state. */
export function whatHappened(event: PipelineEvent, waiting: Waiting | undefined, now: number): string {
  if (event.eventState === 'FAILED') return event.reason ?? '';
  if (event.eventState === 'FINISHED') return 'mailed and confirmed';
  if (waiting !== undefined) return waitingText(waiting, now);
  return event.publishedAt === null ? 'not published yet' : 'published, not confirmed yet';
}
