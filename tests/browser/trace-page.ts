import { kindOf, type Span } from '#tests/helpers/span-collector.ts';

const COLORS: Readonly<Record<string, string>> = {
  server: '#4338ca',
  client: '#0b7a75',
  producer: '#9a5b00',
  consumer: '#1d5fd1',
  internal: '#555d70',
};

const STYLE = `
  body { margin: 0; padding: 20px 24px; font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #171b26; background: #fff; }
  h1 { margin: 0 0 12px; font-size: 16px; }
  ul { display: flex; gap: 18px; margin: 14px 0 0; padding: 0; list-style: none; }
  table { width: 100%; border-collapse: collapse; }
  th, td { padding: 4px 0; border-bottom: 1px solid #dfe2ea; text-align: left; font-weight: 400; white-space: nowrap; }
  thead th { color: #555d70; }
  .axis { display: flex; justify-content: space-between; }
  .number { padding-left: 16px; text-align: right; font-variant-numeric: tabular-nums; }
  .track { position: relative; width: 56%; }
  .bar { position: absolute; top: 9px; height: 12px; min-width: 3px; border-radius: 3px; }
  .dot { display: inline-block; width: 10px; height: 10px; margin-right: 7px; border-radius: 3px; }`;

const TICKS = 5;
const INDENT_PX = 20;

interface Row {
  readonly span: Span;
  readonly depth: number;
}

/** Parents before their children, siblings by their start. */
function rowsOf(spans: readonly Span[], parent: string | undefined, depth = 0): Row[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((a, b) => msBetween(b.startTimeUnixNano, a.startTimeUnixNano))
    .flatMap((span) => [{ span, depth }, ...rowsOf(spans, span.spanId, depth + 1)]);
}

function msBetween(from: string, to: string): number {
  return Number(BigInt(to) - BigInt(from)) / 1e6;
}

function dot(kind: string): string {
  return `<span class="dot" style="background: ${COLORS[kind]}"></span>`;
}

/** A page that draws the spans of one trace as a waterfall. */
export function tracePage(spans: readonly Span[]): string {
  const rows = rowsOf(spans, undefined);
  const start = rows[0]?.span.startTimeUnixNano ?? '0';
  const totalMs = Math.max(...spans.map(({ endTimeUnixNano }) => msBetween(start, endTimeUnixNano)));
  const ticks = Array.from({ length: TICKS }, (_, index) => Math.round((totalMs * index) / (TICKS - 1)));
  const percent = (ms: number) => `${((100 * ms) / totalMs).toFixed(2)}%`;

  const body = rows.map(({ span, depth }) => {
    const tookMs = msBetween(span.startTimeUnixNano, span.endTimeUnixNano);
    const left = percent(msBetween(start, span.startTimeUnixNano));
    const bar = `left: ${left}; width: ${percent(tookMs)}; background: ${COLORS[kindOf(span)]}`;
    return `<tr>
      <th scope="row" style="padding-left: ${depth * INDENT_PX}px">${dot(kindOf(span))}${span.name}</th>
      <td class="track"><div class="bar" style="${bar}"></div></td>
      <td class="number">${tookMs.toFixed(1)} ms</td>
    </tr>`;
  });
  return `<!doctype html>
    <style>${STYLE}</style>
    <h1>Trace of a registration: ${spans.length} spans, ${totalMs.toFixed(0)} ms</h1>
    <table>
      <thead><tr>
        <th>Span</th>
        <th><div class="axis">${ticks.map((ms) => `<span>${ms} ms</span>`).join('')}</div></th>
        <th class="number">Took</th>
      </tr></thead>
      <tbody>${body.join('')}</tbody>
    </table>
    <ul>${Object.keys(COLORS)
      .map((kind) => `<li>${dot(kind)}${kind}</li>`)
      .join('')}</ul>`;
}
