export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
/** `json`: one object per line; `text`: for people. */
export type LogFormat = 'json' | 'text';

/** Fields of a log line besides its message. */
type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** The framework's log. Its other methods would put words before the JSON. */
export interface LogWriter {
  notice(line: string): void;
}

export function createLog(writer: LogWriter, level: LogLevel, format: LogFormat = 'json'): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(lineLevel) < lowest) return;
      const line = { level: lineLevel, source: 'kafka-events', message, ...fields };
      writer.notice(format === 'json' ? JSON.stringify(line) : toText(lineLevel, message, fields));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** `kafka-events warn: the topic does not exist yet (topic=orders, brokers=["127.0.0.1:9092"])` */
function toText(level: LogLevel, message: string, fields: LogFields): string {
  const written = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const details = written.length === 0 ? '' : ` (${written.join(', ')})`;
  return `kafka-events ${level}: ${message}${details}`;
}
