import type { LogLine } from './log-line.ts';

/**
 * The lines of one registration, oldest first.
 * @param id the trace id or its beginning, or the event's uuid
 * @returns several trace ids where the beginning fits several
 */
export function oneWay(lines: LogLine[], id: string): { lines: LogLine[]; traceIds: string[] } {
  const wanted = id.toLowerCase();
  const traceIds = new Set(
    lines.flatMap((line) =>
      line.fields.uuid === wanted
        ? line.traceIds
        : line.traceIds.filter((traceId) => !wanted.includes('-') && traceId.startsWith(wanted)),
    ),
  );
  const own = lines.filter(
    (line) => line.fields.uuid === wanted || line.traceIds.some((traceId) => traceIds.has(traceId)),
  );
  return { lines: own.sort((a, b) => a.at - b.at), traceIds: [...traceIds] };
}
