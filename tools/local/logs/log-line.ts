/** One structured line of the handlers' log. */
export interface LogLine {
  /** ms since 1970 */
  at: number;
  level: string;
  message: string;
  /** of the registrations that it is about */
  traceIds: string[];
  /** what else it says */
  fields: Record<string, unknown>;
}

/** What every line has, and a person does not read. */
const common = new Set(['level', 'message', 'timestamp', 'service', 'sampling_rate', 'traceId', 'traceIds']);

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** @returns undefined when it is none of the handlers' */
export function parseLogLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(text);
    const at = Date.parse(entry.timestamp);
    if (Number.isNaN(at) || typeof entry.message !== 'string') return undefined;
    return {
      at,
      level: String(entry.level ?? ''),
      message: entry.message,
      traceIds: [...texts(entry.traceId), ...texts(entry.traceIds)],
      fields: Object.fromEntries(Object.entries(entry).filter(([name]) => !common.has(name))),
    };
  } catch {
    return undefined;
  }
}

function shown(value: unknown) {
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const colours = { ERROR: 31, WARN: 33, INFO: 36, DEBUG: 90 };

/**
 * A line as a person reads it.
 * @param options since: tell the time from there instead of the clock's
 */
export function prettyLine(
  { at, level, message, traceIds, fields }: LogLine,
  { colour, since }: { colour: boolean; since?: number },
): string {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const time =
    since === undefined
      ? new Date(at).toISOString().slice(11, 23)
      : `+${((at - since) / 1000).toFixed(3)} s`.padStart(12);
  const code = colours[level as keyof typeof colours] ?? 0;
  const rest = Object.entries(fields).map(([name, value]) => `${paint(90, `${name}=`)}${shown(value)}`);
  const traces = traceIds.length > 3 ? [`${traceIds.length} traces`] : traceIds.map((id) => `trace=${id.slice(0, 8)}`);
  const tail = since === undefined ? traces.map((text) => paint(90, text)) : [];
  return [paint(90, time), paint(code, level.padEnd(5)), message, ...rest, ...tail].join('  ');
}
