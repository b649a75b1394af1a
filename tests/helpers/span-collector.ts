import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>;
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>;
}

export interface SpanCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly Span[];
  readonly requests: readonly http.IncomingMessage[];
  stop(): void;
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

export function kindOf({ kind }: Span): string {
  return KINDS[kind] ?? '';
}

/** The span that ends the trace of a registration. */
export function isEndOfRegistration({ name }: Span): boolean {
  return name === 'process user.email.sent';
}

/** A collector on a free port that keeps the spans it receives as OTLP JSON over HTTP. */
export async function startSpanCollector(): Promise<SpanCollector> {
  const spans: Span[] = [];
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer(async (request, response) => {
    requests.push(request);
    const { resourceSpans } = JSON.parse(await text(request));
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, spans, requests, stop: () => server.close() };
}
