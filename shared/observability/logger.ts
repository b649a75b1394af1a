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
 * Structured log lines, each with the trace id of its call. Fields never contain a password, a hash, a token or a whole event.
 * Pass an error as `error`; its causes are logged too.
 */
export const log = {
  debug: (message: string, fields: Fields = {}): void => logger().debug(message, withTrace(fields)),
  info: (message: string, fields: Fields = {}): void => logger().info(message, withTrace(fields)),
  warn: (message: string, fields: Fields = {}): void => logger().warn(message, withTrace(fields)),
  error: (message: string, fields: Fields = {}): void => logger().error(message, withTrace(fields)),
};
