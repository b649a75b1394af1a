import { type Static, Type } from 'typebox';
import { EMAIL, UUID } from '#shared/validation/patterns.ts';

const Instant = Type.Union([Type.String(), Type.Number(), Type.Null()]);

/** The value on user.email.send and user.email.sent, as either side writes it. Unknown fields are ignored. */
export const EventMessageSchema = Type.Object({
  uuid: Type.String({ pattern: UUID }),
  userEmail: Type.String({ minLength: 3, maxLength: 320, pattern: EMAIL }),
  eventState: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  addedAt: Type.Optional(Instant),
  processedAt: Type.Optional(Instant),
});

/** What we write beside the value: CloudEvents in binary content mode, and the trace. Readers need none of it. */
export const MessageHeadersSchema = Type.Object({
  ce_specversion: Type.Literal('1.0'),
  ce_id: Type.String({ description: "The event's uuid" }),
  ce_type: Type.Enum(['user.email.send', 'user.email.sent', 'user.email.dead']),
  ce_source: Type.Literal('/registration'),
  ce_time: Type.String({ format: 'date-time' }),
  'content-type': Type.Literal('application/json'),
  traceparent: Type.Optional(Type.String({ description: 'https://www.w3.org/TR/trace-context' })),
  'x-generation': Type.Optional(Type.String({ pattern: '^\\d+$', description: 'Number of retries by an operator' })),
  'x-signature': Type.Optional(Type.String({ description: 'HMAC of the message, where MESSAGE_SECRET is set' })),
});

/** A dead letter as we write it: the envelope of AWS's on-failure destinations. */
export const DeadLetterMessageSchema = Type.Object({
  requestContext: Type.Object({
    requestId: Type.String(),
    functionArn: Type.String(),
    condition: Type.String({ examples: ['PermanentFailure'] }),
    approximateInvokeCount: Type.Integer(),
  }),
  responseContext: Type.Object({
    statusCode: Type.Integer(),
    executedVersion: Type.String(),
    functionError: Type.String({ description: 'The reason' }),
  }),
  version: Type.String(),
  timestamp: Type.String({ format: 'date-time' }),
  KafkaBatchInfo: Type.Object({
    batchSize: Type.Integer(),
    payloadSize: Type.Integer(),
    recordInfo: Type.Record(Type.String(), Type.Object({ startOffset: Type.Integer(), endOffset: Type.Integer() })),
  }),
  payload: Type.String({ description: 'JSON: the failed record as the event source delivered it' }),
});

export type WireMessage = Static<typeof EventMessageSchema>;
