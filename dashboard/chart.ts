import { type Area, areaPath, linePath, pointsOf } from './chart-geometry.ts';
import { h, svg } from './elements.ts';
import { niceCeiling } from './format.ts';

export interface Series {
  readonly name: string;
  /** Selects the colour. */
  readonly tone: 'main' | 'second' | 'bad';
  readonly values: ReadonlyArray<number | null>;
  readonly isFilled?: boolean;
}

export interface Chart {
  readonly series: readonly Series[];
  /** Labels below the first and the last value. */
  readonly ends: readonly [string, string];
  readonly text: (value: number) => string;
  /** The lowest maximum of the axis, so that small values look small. */
  readonly leastTop: number;
  /** Describes the chart in one sentence. */
  readonly summary: string;
  /** Shown instead of a chart without values. */
  readonly empty: string;
}

const WIDTH = 320;
const HEIGHT = 132;
const AREA: Area = { left: 50, top: 8, width: 262, height: 100 };

function grid(max: number, text: (value: number) => string): SVGElement[] {
  return [0, 0.5, 1].flatMap((part) => {
    const y = AREA.top + AREA.height * (1 - part);
    return [
      svg('line', { x1: AREA.left, x2: AREA.left + AREA.width, y1: y, y2: y, class: 'grid-line' }),
      svg('text', { x: AREA.left - 6, y: y + 3.5, class: 'axis', 'text-anchor': 'end' }, text(max * part)),
    ];
  });
}

function line({ tone, values, isFilled = false }: Series, max: number): SVGElement[] {
  const points = pointsOf(values, max, AREA);
  const last = points.findLast((point) => point !== null);
  return [
    ...(isFilled ? [svg('path', { d: areaPath(points, AREA), class: `area ${tone}` })] : []),
    svg('path', { d: linePath(points), class: `line ${tone}` }),
    ...(last ? [svg('circle', { cx: last.x, cy: last.y, r: 3.5, class: `point ${tone}` })] : []),
  ];
}

function latest({ values }: Series): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}

function legend(series: readonly Series[], text: (value: number) => string): HTMLElement {
  return h(
    'ul',
    { class: 'legend' },
    ...series.map((one) => {
      const value = latest(one);
      const shown = value === undefined ? '' : ` ${text(value)}`;
      return h('li', { class: one.tone }, one.name, h('strong', {}, shown));
    }),
  );
}

/** Replaces the content of the element with a chart. */
export function drawChart(place: HTMLElement, { series, ends, text, leastTop, summary, empty }: Chart): void {
  const values = series.flatMap((one) => one.values.filter((value) => value !== null));
  if (values.length === 0) {
    place.replaceChildren(h('p', { class: 'empty' }, empty));
    return;
  }
  const max = niceCeiling(Math.max(leastTop, ...values));
  const bottom = AREA.top + AREA.height + 18;
  place.replaceChildren(
    svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': summary },
      ...grid(max, text),
      ...series.flatMap((one) => line(one, max)),
      svg('text', { x: AREA.left, y: bottom, class: 'axis' }, ends[0]),
      svg('text', { x: AREA.left + AREA.width, y: bottom, class: 'axis', 'text-anchor': 'end' }, ends[1]),
    ),
    legend(series, text),
  );
}
