import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { AppError } from '#shared/errors/app-error.ts';
import { errorResponse } from '#shared/http/error-response.ts';
import { FOR_DATA } from '#shared/http/standard-headers.ts';
import { log } from '#shared/observability/logger.ts';
import { newTrace } from '#shared/observability/trace-context.ts';
import type { HapiRequest, HapiServer } from './types.ts';

/** What a request says about its sender. */
export interface Caller {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

export interface AllowedCallers {
  /** HTTP_HOST: the listen address. */
  readonly listen: string;
  /** CORS_ORIGINS; `*` accepts every caller, except at the invoke port. */
  readonly origins: string;
  readonly invokePort: number;
}

/** The name in a Host header, without port and brackets; undefined if it is malformed. */
function nameIn(host: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/i.exec(host);
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * Whether a name is that of this machine. DNS rebinding needs a name that its attacker owns, so a wildcard listen address
 * accepts every IP address and every name without a dot, such as a container's.
 */
function isOurs(name: string, { listen, origins }: Omit<AllowedCallers, 'invokePort'>): boolean {
  if (isLoopback(name) || name === listen.toLowerCase()) return true;
  if ((listen === '0.0.0.0' || listen === '::') && (isIP(name) !== 0 || !name.includes('.'))) return true;
  return origins.split(',').some((origin) => URL.canParse(origin) && nameIn(new URL(origin).host) === name);
}

/**
 * Why a request is refused: another site's name for this address (DNS rebinding), or a page of another site. Undefined if it is
 * not. A client that sends no Origin is no page.
 */
export function whyRefused(
  { host, origin }: Caller,
  allowed: Omit<AllowedCallers, 'invokePort'>,
): 'Host' | 'Origin' | undefined {
  if (allowed.origins === '*') return undefined;
  const name = host === undefined ? 'localhost' : nameIn(host);
  if (name === undefined || !isOurs(name, allowed)) return 'Host';
  if (origin === undefined || allowed.origins.split(',').includes(origin.toLowerCase())) return undefined;
  const isOwnPage = URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
  return isOwnPage ? undefined : 'Origin';
}

const ANSWERS = {
  Sender: 'Functions are invoked from this machine only.',
  Host: 'This name is not one of the server. Set HTTP_HOST or CORS_ORIGINS to accept it.',
  Origin: 'Pages of this origin may not call the server. Set CORS_ORIGINS to accept them.',
} as const;

/** Answers past hapi: serverless-offline would add CORS headers for every origin. */
function refuse(what: keyof typeof ANSWERS, { res }: HapiRequest['raw']): void {
  const { statusCode, headers, body } = errorResponse(new AppError('FORBIDDEN', ANSWERS[what]), newTrace().traceId);
  res.writeHead(statusCode ?? 403, { ...FOR_DATA, ...headers, connection: 'close' }).end(body);
}

function guard(hapi: HapiServer, { listen, origins, invokePort }: AllowedCallers): void {
  // The API decides by token what a page may do. The invoke port knows no token.
  const isInvoke = Number(hapi.settings.port) === invokePort;
  const allowed = { listen, origins: isInvoke && origins === '*' ? '' : origins };
  hapi.ext('onRequest', ({ headers, raw }, h) => {
    const sender = raw.req.socket.remoteAddress ?? '';
    const isFar = isInvoke && !isLoopback(sender.replace(/^::ffff:/, ''));
    const refused = isFar ? 'Sender' : whyRefused({ host: headers.host, origin: headers.origin }, allowed);
    if (refused === undefined) return h.continue;
    const { host, origin } = headers;
    log.warn('Foreign caller refused', { refused, sender, host: host?.slice(0, 100), origin: origin?.slice(0, 100) });
    refuse(refused, raw);
    return h.abandon;
  });
}

/**
 * Makes every server that serverless-offline starts from now on refuse foreign callers: the API, its second port and the invoke
 * port, which would otherwise run any function for any page in the developer's browser.
 */
export function refuseForeignCallers(allowed: AllowedCallers): void {
  const hapi = createRequire(import.meta.resolve('serverless-offline'))('@hapi/hapi');
  const prototype: HapiServer = Object.getPrototypeOf(new hapi.Server());
  const start = prototype.start;
  prototype.start = function (this: HapiServer) {
    guard(this, allowed);
    return start.call(this);
  };
}
