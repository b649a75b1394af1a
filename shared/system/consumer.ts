import { type Static, Type } from 'typebox';
import { instant } from '#shared/validation/atoms.ts';

function figure(description: string) {
  return Type.Integer({ minimum: 0, description });
}

export const ConsumerSchema = Type.Object({
  function: Type.String({ examples: ['sendWelcomeEmail'] }),
  topic: Type.String({ examples: ['user.email.send'] }),
  group: Type.String({ examples: ['email-service-listener-group'] }),
  lag: figure('Records that are not committed yet, of all partitions'),
  batchesInFlight: figure('Invocations under way'),
  records: figure('Records handed over since the start'),
  failedBatches: figure('Invocations that failed since the start'),
});

export const ConsumersSchema = Type.Object({ observedAt: instant(), consumers: Type.Array(ConsumerSchema) });

export type Consumer = Static<typeof ConsumerSchema>;
export type Consumers = Static<typeof ConsumersSchema>;
