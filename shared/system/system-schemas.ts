import { type Static, Type } from 'typebox';
import { instant, nullable } from '#shared/validation/atom-schemas.ts';

function figure(description: string) {
  return Type.Integer({ minimum: 0, description });
}

export const ConsumerSchema = Type.Object({
  function: Type.String({ examples: ['sendWelcomeEmail'] }),
  topic: Type.String({ examples: ['user.email.send'] }),
  group: Type.String({ examples: ['email-service-listener-group'] }),
  lag: figure('Uncommitted records of all partitions'),
  batchesInFlight: figure('Running invocations'),
  records: figure('Records delivered since the start'),
  failedBatches: figure('Failed invocations since the start'),
});

export const ConsumersSchema = Type.Object({ observedAt: instant(), consumers: Type.Array(ConsumerSchema) });

export type Consumer = Static<typeof ConsumerSchema>;
export type Consumers = Static<typeof ConsumersSchema>;

export const DiagnosticsQuerySchema = Type.Object({
  id: Type.Integer({
    minimum: -2147483648,
    maximum: 2147483647,
    errorMessage: 'must be a whole number of 32 bits',
    examples: [7],
  }),
});

export type DiagnosticsQuery = Static<typeof DiagnosticsQuerySchema>;

function link(example: string, description: string) {
  return Type.String({ examples: [example], description });
}

export const HomeSchema = Type.Object({
  name: Type.String({ examples: ['Registration'] }),
  links: Type.Object({
    dashboard: link('/dashboard', 'The pipeline, live'),
    swaggerUi: link('/swagger-ui/index.html', 'Every call, ready to try'),
    openapi: link('/openapi.json', 'The OpenAPI document'),
    health: link('/health/ready', 'Each dependency with its latency'),
    mails: nullable(link('http://127.0.0.1:8025', 'The mail catcher of a local run; null elsewhere')),
  }),
});

export type Home = Static<typeof HomeSchema>;
