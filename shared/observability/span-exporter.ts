import type { TraceContext } from './trace-context.ts';

/** The protocol's numbers. */
const SPAN_KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

export type Attributes = Readonly<Record<string, string | number>>;

export interface FinishedSpan {
  readonly name: string;
  readonly kind: keyof typeof SPAN_KINDS;
  readonly links: readonly TraceContext[];
  readonly trace: TraceContext;
  readonly attributes: Attributes;
  /** In ms since 1970, with a fraction. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isError: boolean;
}

const FLUSH_AFTER_MS = 500;
const MAX_WAITING = 2000;
const LIMIT_MS = 2000;

function encoded(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

function toOtlp({ name, kind, links, trace, attributes, startedAt, endedAt, isError }: FinishedSpan) {
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(trace.parentSpanId === undefined ? {} : { parentSpanId: trace.parentSpanId }),
    name,
    kind: SPAN_KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: encoded(attributes),
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: isError ? { code: 2 } : {},
  };
}

/** Percent-decoded, or unchanged if it is not percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The `key=value,key=value` of OTEL_EXPORTER_OTLP_HEADERS. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split(/=(.*)/s).map((part) => decoded(part.trim())));
  return Object.fromEntries(pairs.flatMap(([key, value]) => (key && value ? [[key, value]] : [])));
}

/**
 * Sends spans to a collector, as JSON over HTTP (https://opentelemetry.io/docs/specs/otlp). What a collector that is down or
 * too slow does not take is dropped: spans must never delay the work that they describe.
 */
export function spanExporter(endpoint: string) {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const headers = headersOf(process.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '');
  const resource = { attributes: encoded({ 'service.name': process.env['OTEL_SERVICE_NAME'] || 'registration' }) };
  let waiting: FinishedSpan[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const spans = waiting.map(toOtlp);
    waiting = [];
    if (spans.length === 0) return;
    const body = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'registration' }, spans }] }] };
    const request = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT_MS),
    };
    await fetch(url, request)
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  };

  return {
    add(span: FinishedSpan): void {
      if (!span.trace.sampled || waiting.length >= MAX_WAITING) return;
      waiting.push(span);
      timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref();
    },
    flush,
  };
}
