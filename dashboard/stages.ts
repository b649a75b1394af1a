import { countText, numberText, spanText } from './format.ts';
import type { Snapshot } from './snapshot.ts';

export type Tone = 'unknown' | 'ok' | 'busy' | 'warn' | 'down';

/** One box of the pipeline. */
export interface Stage {
  readonly key: string;
  readonly title: string;
  readonly value: string;
  readonly label: string;
  readonly detail: string;
  readonly tone: Tone;
}

const WORDS: Readonly<Record<Tone, string>> = {
  unknown: 'unknown',
  ok: 'ok',
  busy: 'busy',
  warn: 'needs attention',
  down: 'down',
};

/** The tone as text, for readers who do not see the colour. */
export function toneText(tone: Tone): string {
  return WORDS[tone];
}

const UNKNOWN = '–';

/** An event that takes longer than this is delayed. */
const SLOW_MS = 15_000;

function isDown({ health }: Snapshot, ...names: readonly string[]): boolean {
  return names.some((name) => health?.dependencies?.[name]?.status === 'down');
}

function http(snapshot: Snapshot): Stage {
  const minutes = snapshot.pipeline?.minutes ?? [];
  const registered = minutes.reduce((sum, minute) => sum + minute.registered, 0);
  return {
    key: 'http',
    title: 'HTTP',
    value: snapshot.pipeline === undefined ? UNKNOWN : numberText(registered),
    label: 'registered in 15 min',
    detail: `${numberText(minutes.at(-1)?.registered ?? 0)} in this minute`,
    tone: isDown(snapshot, 'mysqlUsers') ? 'down' : isDown(snapshot, 'redis') ? 'warn' : 'ok',
  };
}

function outbox(snapshot: Snapshot, now: number): Stage {
  const { pipeline } = snapshot;
  const oldest = pipeline?.oldestUnfinishedAt ?? null;
  const waits = oldest !== null && now - Date.parse(oldest) > SLOW_MS;
  const waiting = pipeline?.unpublished.count ?? 0;
  return {
    key: 'outbox',
    title: 'Outbox',
    value: pipeline === undefined ? UNKNOWN : countText(pipeline.unpublished),
    label: 'unpublished',
    detail: oldest === null ? 'no unfinished events' : `unfinished for ${spanText(now - Date.parse(oldest))}`,
    tone: isDown(snapshot, 'mysqlUsers') ? 'down' : waits ? 'warn' : waiting > 0 ? 'busy' : 'ok',
  };
}

function kafka(snapshot: Snapshot): Stage {
  const consumers = snapshot.consumers?.consumers;
  const lag = (consumers ?? []).reduce((sum, consumer) => sum + consumer.lag, 0);
  const batches = (consumers ?? []).reduce((sum, consumer) => sum + consumer.batchesInFlight, 0);
  return {
    key: 'kafka',
    title: 'Kafka',
    value: consumers === undefined ? UNKNOWN : numberText(lag),
    label: 'records behind',
    detail:
      snapshot.consumers === null
        ? 'CloudWatch has the figures'
        : `${numberText(batches)} ${batches === 1 ? 'batch' : 'batches'} in flight`,
    tone: isDown(snapshot, 'kafka') ? 'down' : lag > 0 || batches > 0 ? 'busy' : 'ok',
  };
}

function mail(snapshot: Snapshot): Stage {
  const { deliveries } = snapshot;
  const pending = deliveries?.states.PENDING.count ?? 0;
  const refused = (deliveries?.waiting ?? []).filter(({ attempts }) => attempts > 0).length;
  const smtpIsDown = isDown(snapshot, 'smtp');
  const detail = smtpIsDown
    ? 'the mail server is down'
    : refused > 0
      ? `${numberText(refused)} temporarily refused`
      : '';
  return {
    key: 'mail',
    title: 'Mail',
    value: deliveries === undefined ? UNKNOWN : countText(deliveries.states.PENDING),
    label: 'waiting to be sent',
    detail: detail === '' && deliveries !== undefined ? `${countText(deliveries.states.SENT)} sent` : detail,
    tone:
      smtpIsDown || isDown(snapshot, 'mysqlNotifications')
        ? 'down'
        : refused > 0
          ? 'warn'
          : pending > 0
            ? 'busy'
            : 'ok',
  };
}

function confirmed({ pipeline }: Snapshot): Stage {
  return {
    key: 'confirmed',
    title: 'Confirmed',
    value: pipeline === undefined ? UNKNOWN : countText(pipeline.states.FINISHED),
    label: 'finished',
    detail: pipeline?.latencyMs ? `median ${spanText(pipeline.latencyMs.p50)}` : 'none in 15 min',
    tone: 'ok',
  };
}

function failed({ pipeline }: Snapshot): Stage {
  return {
    key: 'failed',
    title: 'Failed',
    value: pipeline === undefined ? UNKNOWN : countText(pipeline.states.FAILED),
    label: 'failed',
    detail: (pipeline?.states.FAILED.count ?? 0) > 0 ? 'can be retried below' : 'none',
    tone: (pipeline?.states.FAILED.count ?? 0) > 0 ? 'warn' : 'ok',
  };
}

/** The boxes in the order in which an event passes them; an event that cannot be mailed ends in the last one. */
export function stages(snapshot: Snapshot, now: number): Stage[] {
  return [
    http(snapshot),
    outbox(snapshot, now),
    kafka(snapshot),
    mail(snapshot),
    confirmed(snapshot),
    failed(snapshot),
  ].map((stage) =>
    stage.value === UNKNOWN && stage.tone === 'ok' ? { ...stage, tone: 'unknown', detail: '' } : stage,
  );
}

/** Whether an event is in progress; the pipeline is animated then. */
export function isMoving({ pipeline }: Snapshot): boolean {
  return (pipeline?.states.PROCESSING.count ?? 0) > 0 || (pipeline?.minutes.at(-1)?.registered ?? 0) > 0;
}
