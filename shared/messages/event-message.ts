import { messages, validate } from '#generated/event-message.js';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import type { KafkaRecord } from '#shared/kafka/records.ts';
import { GENERATION_HEADER } from '#shared/kafka/signature.ts';
import type { WireMessage } from './message-schemas.ts';

/** An event as it travels between the two contexts. */
export interface EventMessage {
  readonly uuid: string;
  readonly userEmail: string;
  readonly eventState: 'PROCESSING' | 'FINISHED' | 'FAILED';
  readonly addedAt: Date;
  readonly processedAt: Date | null;
  /** Number of retries by an operator. */
  readonly generation: number;
  readonly traceparent: string | null;
}

/** The record's value is not an event. Retrying does not help: dead-letter it. */
export class MalformedMessageError extends Error {
  constructor(problem: string) {
    super(`Malformed message: ${problem}`);
    this.name = 'MalformedMessageError';
  }
}

const ISO_8601 = /^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Parses an ISO instant; without an offset it is UTC, not the process's time zone. */
function fromIso(text: string): Date {
  const [, day, time = 'T00:00', offset = 'Z'] = ISO_8601.exec(text) ?? [];
  return new Date(day === undefined ? Number.NaN : `${day}${time}${offset}`);
}

/**
 * Parses an instant in ISO-8601 or epoch seconds with a fraction; null when absent.
 * @throws MalformedMessageError
 */
export function parseInstant(value: string | number | null | undefined): Date | null {
  if (value === null || value === undefined) return null;
  const instant = typeof value === 'number' ? new Date(value * 1000) : fromIso(value);
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() > 9999 || instant.getUTCFullYear() < 1970) {
    throw new MalformedMessageError('an instant is neither ISO-8601 nor epoch seconds');
  }
  return instant;
}

function stateOf(state: string | null | undefined): EventMessage['eventState'] {
  return state === 'FINISHED' || state === 'FAILED' ? state : 'PROCESSING';
}

/** More than operators retry. */
const MAX_GENERATION = 1_000_000;

/** Parses the header x-generation; 0 when absent or not a number, undefined when no operator can have caused it. */
export function parseGeneration(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d+$/.test(header)) return 0;
  return Number(header) > MAX_GENERATION ? undefined : Number(header);
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new MalformedMessageError('the value is not JSON');
  }
}

/**
 * Parses the event in a record.
 * @throws MalformedMessageError
 */
export function parseEventMessage(record: Pick<KafkaRecord, 'value' | 'headers' | 'timestamp'>): EventMessage {
  const value = parseJson(record.value);
  if (!validate(value)) {
    const error = validate.errors?.[0];
    const field = error?.instancePath.slice(1) || String(error?.params?.['missingProperty'] ?? 'value');
    throw new MalformedMessageError(`${field} ${messages[field] ?? error?.message ?? 'is not valid'}`);
  }
  const wire: WireMessage = value;
  const generation = parseGeneration(record.headers[GENERATION_HEADER]);
  if (generation === undefined) throw new MalformedMessageError(`${GENERATION_HEADER} is out of range`);
  return {
    uuid: wire.uuid.toLowerCase(),
    // Composed, as in HTTP: one address has one form.
    userEmail: wire.userEmail.normalize('NFC'),
    eventState: stateOf(wire.eventState),
    addedAt: parseInstant(wire.addedAt ?? record.timestamp / 1000) ?? new Date(record.timestamp),
    processedAt: parseInstant(wire.processedAt),
    generation,
    traceparent: record.headers['traceparent'] ?? null,
  };
}

/** CloudEvents attributes in binary content mode (https://github.com/cloudevents/spec, Kafka protocol binding). */
export function metadataHeaders(
  type: string,
  uuid: string,
  at: Date,
  traceparent: string | null,
): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: uuid,
    ce_type: type,
    ce_source: '/registration',
    ce_time: at.toISOString(),
    'content-type': 'application/json',
    ...(traceparent === null ? {} : { traceparent }),
  };
}

/** The Kafka message for an event; its key is the uuid. */
export function toMessage(type: string, event: EventMessage): OutgoingMessage {
  return {
    key: event.uuid,
    value: JSON.stringify({
      uuid: event.uuid,
      eventState: event.eventState,
      userEmail: event.userEmail,
      addedAt: event.addedAt.toISOString(),
      processedAt: event.processedAt?.toISOString() ?? null,
    }),
    headers: {
      ...metadataHeaders(type, event.uuid, event.processedAt ?? event.addedAt, event.traceparent),
      ...(event.generation === 0 ? {} : { [GENERATION_HEADER]: String(event.generation) }),
    },
  };
}

/** The message that requests an event's mail. */
export function toSendRequest(event: Omit<EventMessage, 'eventState' | 'processedAt'>): OutgoingMessage {
  return toMessage('user.email.send', { ...event, eventState: 'PROCESSING', processedAt: null });
}
