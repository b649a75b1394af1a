/** One structured line of the handlers' log. */
export interface LogLine {
  /** In ms since 1970. */
  at: number;
  level: string;
  message: string;
  /** Of the registrations that the line is about. */
  traceIds: string[];
  /** Of the events that the line is about. */
  uuids: string[];
  /** The line's other fields. */
  fields: Record<string, unknown>;
}

/** Fields that are shown in another way, or that every line has. */
const common = new Set(['level', 'message', 'timestamp', 'service', 'sampling_rate', 'traceId', 'traceIds', 'uuids']);
const colours: Record<string, number> = { ERROR: 31, WARN: 33, INFO: 36, DEBUG: 90 };
const grey = 90;

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** @returns undefined for a line that no handler wrote */
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
      uuids: [...texts(entry.uuid), ...texts(entry.uuids)],
      fields: Object.fromEntries(Object.entries(entry).filter(([name]) => !common.has(name))),
    };
  } catch {
    return undefined;
  }
}

/** Control characters and bidirectional marks: a terminal would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text that a client may have written, with escapes for what a terminal would obey. */
export function inert(text: string): string {
  return text.replace(ACTIVE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return inert(String(value.message));
  return inert(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * A line for a person.
 * @param options since: show the time elapsed from there instead of the clock's
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
  const rest = Object.entries(fields).map(([name, value]) => `${paint(grey, `${inert(name)}=`)}${shown(value)}`);
  const traces =
    traceIds.length > 3 ? [`${traceIds.length} traces`] : traceIds.map((id) => `trace=${inert(id.slice(0, 8))}`);
  const tail = since === undefined ? traces.map((text) => paint(grey, text)) : [];
  return [paint(grey, time), paint(colours[level] ?? 0, inert(level).padEnd(5)), inert(message), ...rest, ...tail].join(
    '  ',
  );
}

/**
 * The lines of one registration, oldest first. A uuid leaves out lines about other events of its trace only.
 * @param id the trace id or its beginning, or the event's uuid
 * @returns several trace ids where the beginning fits several
 */
export function linesOf(lines: LogLine[], id: string): { lines: LogLine[]; traceIds: string[] } {
  const wanted = id.toLowerCase();
  const isPrefix = !wanted.includes('-');
  const traceIds = new Set(
    lines.flatMap((line) =>
      line.fields.uuid === wanted
        ? line.traceIds
        : line.traceIds.filter((traceId) => isPrefix && traceId.startsWith(wanted)),
    ),
  );
  const own = lines.filter(({ uuids, traceIds: ofLine }) => {
    if (!isPrefix && uuids.length > 0) return uuids.includes(wanted);
    return ofLine.some((traceId) => traceIds.has(traceId));
  });
  return { lines: own.sort((a, b) => a.at - b.at), traceIds: [...traceIds] };
}
