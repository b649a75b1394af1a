import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A W3C trace context (https://www.w3.org/TR/trace-context/). Ids are lower-case hex. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  /** The caller's span, if there is one. */
  readonly parentSpanId?: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const storage = new AsyncLocalStorage<TraceContext>();

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const CONTEXT_BYTES = TRACE_BYTES + SPAN_BYTES;

/** Random bytes for 100 contexts: one call per context would cost as much as reading the request's headers. */
let random = Buffer.alloc(0);

export function newTrace(): TraceContext {
  if (random.length < CONTEXT_BYTES) random = randomBytes(100 * CONTEXT_BYTES);
  const traceId = random.toString('hex', 0, TRACE_BYTES);
  const spanId = random.toString('hex', TRACE_BYTES, CONTEXT_BYTES);
  random = random.subarray(CONTEXT_BYTES);
  return { traceId, spanId, sampled: true };
}

/** Parses a `traceparent` value; undefined if it is absent or malformed. */
export function parseTraceparent(value: string | undefined): TraceContext | undefined {
  const match = TRACEPARENT.exec(value?.trim().toLowerCase() ?? '');
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** A new span of the caller's trace, or of a new trace if there is none. */
export function continueTrace(traceparent: string | undefined): TraceContext {
  const parent = parseTraceparent(traceparent);
  const fresh = newTrace();
  return parent === undefined ? fresh : { ...parent, spanId: fresh.spanId, parentSpanId: parent.spanId };
}

export function currentTrace(): TraceContext | undefined {
  return storage.getStore();
}

export function runInTrace<T>(trace: TraceContext, run: () => T): T {
  return storage.run(trace, run);
}

/** The distinct trace ids of several events, for a log line about all of them. */
export function traceIdsOf(events: Iterable<{ readonly traceparent: string | null }>): string[] {
  return [...new Set([...events].flatMap(({ traceparent }) => traceIdOf(traceparent) ?? []))];
}

/** The trace id of a stored `traceparent`, or null. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  return parseTraceparent(traceparent ?? undefined)?.traceId ?? null;
}
