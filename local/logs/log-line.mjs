/**
 * One structured line of the handlers' log.
 * @typedef {object} LogLine
 * @property {number} at ms since 1970
 * @property {string} level
 * @property {string} message
 * @property {string[]} traceIds of the registrations that it is about
 * @property {Record<string, unknown>} fields what else it says
 */

/** What every line has, and a person does not read. */
const common = new Set(['level', 'message', 'timestamp', 'service', 'sampling_rate', 'traceId', 'traceIds']);

/** @param {unknown} value @returns {string[]} */
const texts = (value) => (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');

/**
 * @param {string} text
 * @returns {LogLine | undefined} undefined when it is none of the handlers'
 */
export function parseLogLine(text) {
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

/** @param {unknown} value */
const shown = (value) => {
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const colours = { ERROR: 31, WARN: 33, INFO: 36, DEBUG: 90 };

/**
 * A line as a person reads it.
 * @param {LogLine} line
 * @param {{ colour: boolean, since?: number }} options since: tell the time from there instead of the clock's
 * @returns {string}
 */
export function prettyLine({ at, level, message, traceIds, fields }, { colour, since }) {
  const paint = (/** @type {number} */ code, /** @type {string} */ text) =>
    colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const time =
    since === undefined
      ? new Date(at).toISOString().slice(11, 23)
      : `+${((at - since) / 1000).toFixed(3)} s`.padStart(12);
  const code = colours[/** @type {keyof typeof colours} */ (level)] ?? 0;
  const rest = Object.entries(fields).map(([name, value]) => `${paint(90, `${name}=`)}${shown(value)}`);
  const traces = traceIds.length > 3 ? [`${traceIds.length} traces`] : traceIds.map((id) => `trace=${id.slice(0, 8)}`);
  const tail = since === undefined ? traces.map((text) => paint(90, text)) : [];
  return [paint(90, time), paint(code, level.padEnd(5)), message, ...rest, ...tail].join('  ');
}
