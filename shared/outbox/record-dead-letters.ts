import type { Database, Executor } from '#shared/db/database.ts';
import { transaction } from '#shared/db/run.ts';
import { decodeRecord, type RawRecord, unprefixed } from '#shared/kafka/records.ts';
import { GENERATION_HEADER, unsignedAmong } from '#shared/kafka/signature.ts';
import { parseDeadLetter, REFUSED_HEADER, UNSIGNED } from '#shared/messages/dead-letter.ts';
import { parseGeneration } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import { UUID } from '#shared/validation/patterns.ts';
import { deadLetterRepository, eventUuidsOf, type RecordedDeadLetter } from './dead-letter-repository.ts';
import { outboxRepository } from './outbox-repository.ts';

export interface RecordedFailure extends RecordedDeadLetter {
  readonly generation: number;
  readonly traceparent: string | null;
  /** False for a dead confirmation, an absurd generation and a refused message, which are recorded but never make an event FAILED. */
  readonly failsEvent: boolean;
}

function uuidIn(value: string | null, key: string | null): string | null {
  let candidate: unknown = key;
  try {
    const parsed: unknown = JSON.parse(value ?? '');
    if (typeof parsed === 'object' && parsed !== null && 'uuid' in parsed) candidate = parsed.uuid;
  } catch {
    // Falls back to the key.
  }
  return typeof candidate === 'string' && new RegExp(UUID).test(candidate) ? candidate.toLowerCase() : null;
}

/**
 * Reads a record of a dead letter topic; never throws on its content.
 * @param isTrusted false if anybody may have written it
 */
export function readFailure(raw: RawRecord, isTrusted = true): RecordedFailure {
  const letter = decodeRecord(raw);
  const { condition, reason, record } = parseDeadLetter(letter.value);
  const original = record === undefined ? undefined : decodeRecord(record);
  const value = original?.value ?? (record === undefined ? letter.value : null);
  const generation = parseGeneration(letter.headers[GENERATION_HEADER] ?? original?.headers[GENERATION_HEADER]);
  return {
    topic: raw.topic,
    partition: raw.partition,
    offset: raw.offset,
    eventUuid: uuidIn(value, letter.key),
    condition,
    reason: isTrusted ? reason : UNSIGNED,
    record: value,
    traceparent: letter.headers['traceparent'] ?? original?.headers['traceparent'] ?? null,
    generation: generation ?? 0,
    failsEvent:
      isTrusted &&
      letter.headers[REFUSED_HEADER] === undefined &&
      generation !== undefined &&
      unprefixed(raw.topic) === `${EMAIL_SEND}.dlq`,
  };
}

async function recordAll(trx: Executor, failures: readonly RecordedFailure[]): Promise<number> {
  const outbox = outboxRepository(trx);
  const uuids = eventUuidsOf(failures);
  // Locked until the letters are committed: a concurrent DELETE either waits and then erases them, or is seen here.
  const erased = new Set(await outbox.lockErased(uuids));
  const kept = failures.map((failure) =>
    erased.has(failure.eventUuid ?? '') ? { ...failure, record: null } : failure,
  );
  await deadLetterRepository(trx).add(kept, await outbox.statesOf(uuids));
  let failed = 0;
  const inOrder = [...failures].sort((a, b) => (a.eventUuid ?? '').localeCompare(b.eventUuid ?? ''));
  for (const { eventUuid, generation, reason, failsEvent } of inOrder) {
    if (eventUuid === null || !failsEvent) continue;
    if (await outbox.fail(eventUuid, generation, reason)) failed += 1;
  }
  return failed;
}

/**
 * Records every dead letter once and marks the events they name FAILED with the reason.
 * @throws when the database does not answer; the batch is then delivered again
 */
export function recordDeadLetters(database: () => Promise<Database>) {
  return async (records: readonly RawRecord[]): Promise<void> => {
    const unsigned = await unsignedAmong(records);
    const failures = records.map((record) => readFailure(record, !unsigned.has(record)));
    const failed = await transaction(await database(), 'record dead letters', (trx) => recordAll(trx, failures));
    reportMetric('DeadLetters', failures.length);
    const about = { uuids: eventUuidsOf(failures), traceIds: traceIdsOf(failures) };
    log.warn('Dead letters recorded', { deadLetters: failures.length, failed, ...about });
  };
}
