import { type Static, Type } from 'typebox';
import { instant, nullable } from '#shared/validation/atom-schemas.ts';
import { BoundedCountSchema, pageOf, pageQuery } from '#shared/validation/list-schemas.ts';
import { MAX_PAGE_SIZE } from '#shared/validation/page.ts';
import { UUID } from '#shared/validation/patterns.ts';
import { EVENT_STATES, type EventState } from './event.ts';

export const EventSchema = Type.Object({
  uuid: Type.String({ pattern: UUID, examples: ['6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d'] }),
  eventState: Type.Enum([...EVENT_STATES]),
  userEmail: nullable(Type.String({ description: 'null after the user was deleted and the event has ended' })),
  topic: Type.String({ examples: ['user.email.send'] }),
  attempts: Type.Integer({ minimum: 0, description: 'Number of publications' }),
  reason: nullable(Type.String({ description: 'Why the event FAILED' })),
  addedAt: instant(),
  publishedAt: nullable(instant()),
  processedAt: nullable(instant()),
  traceId: nullable(Type.String({ examples: ['4bf92f3577b34da6a3ce929d0e0e4736'] })),
});

export const EventPageSchema = pageOf(EventSchema);

export const ListEventsQuerySchema = Type.Object({
  state: Type.Optional(
    Type.Enum([...EVENT_STATES, ''], { errorMessage: 'must be one of PROCESSING, FINISHED, FAILED' }),
  ),
  ...pageQuery(20, MAX_PAGE_SIZE.events),
});

export type PipelineEvent = Static<typeof EventSchema>;
export type EventPage = Static<typeof EventPageSchema>;
export interface ListEventsQuery {
  state?: EventState | '';
  page: number;
  pageSize: number;
}

export const DeadLetterSchema = Type.Object({
  topic: Type.String({ examples: ['user.email.send.dlq'], description: 'Topic of the dead letter' }),
  partition: Type.Integer(),
  offset: Type.Integer(),
  eventUuid: nullable(Type.String({ pattern: UUID, description: 'null if the record names no event' })),
  eventState: nullable(Type.Enum([...EVENT_STATES], { description: 'null for an unknown event' })),
  condition: Type.String({ examples: ['PermanentFailure', 'RetriesExhausted'] }),
  reason: Type.String(),
  record: nullable(Type.String({ description: 'Value of the failed record; null after its user was deleted' })),
  recordedAt: instant(),
});

export const DeadLetterPageSchema = pageOf(DeadLetterSchema);

export const ListDeadLettersQuerySchema = Type.Object({
  event: Type.Optional(
    Type.Enum(['known', 'unknown', ''], {
      description: 'Only dead letters of known events, or only those of unknown events',
      errorMessage: 'must be known or unknown',
    }),
  ),
  ...pageQuery(20, MAX_PAGE_SIZE.events),
});

export type DeadLetterView = Static<typeof DeadLetterSchema>;
export type DeadLetterPage = Static<typeof DeadLetterPageSchema>;
export interface ListDeadLettersQuery {
  event?: 'known' | 'unknown' | '';
  page: number;
  pageSize: number;
}

export const LatencySchema = Type.Object(
  {
    p50: Type.Number({ examples: [64] }),
    p95: Type.Number({ examples: [180] }),
    p99: Type.Number({ examples: [310] }),
  },
  { description: 'From registration to confirmation in ms, within 5 %' },
);

export const MinuteSchema = Type.Object({
  startsAt: instant(),
  registered: Type.Integer({ minimum: 0 }),
  finished: Type.Integer({ minimum: 0 }),
  failed: Type.Integer({ minimum: 0 }),
  latencyMs: nullable(LatencySchema),
});

export const PipelineSchema = Type.Object({
  observedAt: instant(),
  states: Type.Object({
    PROCESSING: BoundedCountSchema,
    FINISHED: BoundedCountSchema,
    FAILED: BoundedCountSchema,
  }),
  unpublished: Type.Object(BoundedCountSchema.properties, {
    description: 'PROCESSING events that are not in Kafka yet',
  }),
  oldestUnfinishedAt: nullable(instant()),
  latencyMs: nullable(LatencySchema),
  minutes: Type.Array(MinuteSchema, {
    description: 'The last 15 minutes, oldest first; the last one is incomplete',
  }),
});

export type Latency = Static<typeof LatencySchema>;
export type Minute = Static<typeof MinuteSchema>;
export type Pipeline = Static<typeof PipelineSchema>;
