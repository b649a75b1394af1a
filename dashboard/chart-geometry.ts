export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The point of each value; null for a missing value. */
export function pointsOf(values: ReadonlyArray<number | null>, max: number, area: Area): Array<Point | null> {
  return values.map((value, index) =>
    value === null
      ? null
      : {
          x: rounded(area.left + (values.length < 2 ? area.width : (index / (values.length - 1)) * area.width)),
          y: rounded(area.top + area.height - (Math.min(value, max) / max) * area.height),
        },
  );
}

/** The runs of points without a gap. */
function runsOf(points: ReadonlyArray<Point | null>): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const point of [...points, null]) {
    if (point !== null) run.push(point);
    else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  return runs;
}

function lineThrough(run: readonly Point[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

/** The path of a line, with gaps where a value is missing. A single point becomes a dot (a line of no length, round capped). */
export function linePath(points: ReadonlyArray<Point | null>): string {
  return runsOf(points)
    .map((run) => lineThrough(run) + (run.length === 1 ? 'h0' : ''))
    .join('');
}

/** The path of the area below a line. */
export function areaPath(points: ReadonlyArray<Point | null>, { top, height }: Area): string {
  return runsOf(points)
    .filter((run) => run.length > 1)
    .map((run) => `${lineThrough(run)}V${top + height}H${run[0]?.x ?? 0}Z`)
    .join('');
}
