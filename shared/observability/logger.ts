import { Logger } from '@aws-lambda-powertools/logger';
import { currentTrace } from './trace-context.ts';

type Fields = Readonly<Record<string, unknown>>;

let powertools: Logger | undefined;

function logger(): Logger {
  powertools ??= new Logger({ serviceName: 'registration' });
  return powertools;
}

function withTrace(fields: Fields): Record<string, unknown> {
  const traceId = currentTrace()?.traceId;
  return traceId === undefined ? { ...fields } : { traceId, ...fields };
}

/**
 * Structured log lines, each with the trace id of the call it belongs to. Fields never hold a password, a hash, a token or a
 * whole event; an error goes in as `error`, with its causes.
 */
export const log = {
  debug: (message: string, fields: Fields = {}): void => logger().debug(message, withTrace(fields)),
  info: (message: string, fields: Fields = {}): void => logger().info(message, withTrace(fields)),
  warn: (message: string, fields: Fields = {}): void => logger().warn(message, withTrace(fields)),
  error: (message: string, fields: Fields = {}): void => logger().error(message, withTrace(fields)),
};
