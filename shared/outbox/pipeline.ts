import { type Static, Type } from 'typebox';
import { instant, nullable } from '#shared/validation/atoms.ts';
import { BoundedCountSchema } from '#shared/validation/bounded-count.ts';

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
  unpublished: Type.Object(BoundedCountSchema.properties, { description: 'PROCESSING, and not yet in Kafka' }),
  oldestUnfinishedAt: nullable(instant()),
  latencyMs: nullable(LatencySchema),
  minutes: Type.Array(MinuteSchema, {
    description: 'The last 15 minutes, oldest first; the last one is still running',
  }),
});

export type Latency = Static<typeof LatencySchema>;
export type Minute = Static<typeof MinuteSchema>;
export type Pipeline = Static<typeof PipelineSchema>;
