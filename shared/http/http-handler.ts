import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { AppError, ERROR_CODES } from '#shared/errors/app-error.ts';
import { log } from '#shared/observability/logger.ts';
import { inSpan, type SpanAbout } from '#shared/observability/spans.ts';
import { continueTrace, type TraceContext } from '#shared/observability/trace-context.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { errorResponse } from './error-response.ts';
import { checkRequestSize, header } from './request.ts';
import type { HttpResponse } from './response.ts';
import { withStandardHeaders } from './standard-headers.ts';

/** Handles a request; may throw. */
export type Endpoint = (event: APIGatewayProxyEventV2) => Promise<HttpResponse>;

export type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>;

function report(error: unknown, event: APIGatewayProxyEventV2): void {
  const where = { method: event.requestContext?.http?.method, route: event.routeKey };
  if (!(error instanceof AppError)) {
    log.error('Request failed', { ...where, error });
    return;
  }
  const { status } = ERROR_CODES[error.code];
  if (status >= 500) log.warn('Request failed on a dependency', { ...where, code: error.code, error });
  else log.info('Request rejected', { ...where, code: error.code, status });
}

async function answer(run: Endpoint, event: APIGatewayProxyEventV2, trace: TraceContext): Promise<HttpResponse> {
  try {
    checkRequestSize(event);
    return await run(event);
  } catch (error: unknown) {
    report(error, event);
    return errorResponse(error, trace.traceId);
  }
}

function spanOf({ routeKey, requestContext }: APIGatewayProxyEventV2): SpanAbout<HttpResponse> {
  const method = requestContext?.http?.method ?? '';
  return {
    name: routeKey ?? 'request',
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': routeKey?.split(' ')[1] ?? '' },
    resultOf: ({ statusCode = 200 }) => ({
      attributes: { 'http.response.status_code': statusCode },
      isError: statusCode >= 500,
    }),
  };
}

/**
 * Wraps an HTTP endpoint: one trace per call, and every error in the contract's format. Never throws to the runtime:
 * serverless-offline would answer 200, and a late throw would end the whole process.
 */
export function httpHandler(run: Endpoint): HttpHandler {
  return async (event) => {
    const trace = continueTrace(header(event, 'traceparent'));
    return tracked(() =>
      inSpan(spanOf(event), trace, async () => withStandardHeaders(await answer(run, event, trace), event)),
    );
  };
}
