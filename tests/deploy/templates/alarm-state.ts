interface Statistic {
  readonly MetricName: string;
  readonly Period: number;
  readonly Stat: string;
}

/** Figures by the metric's name: one value per minute, undefined where nothing was reported. */
export type Series = Readonly<Record<string, ReadonlyArray<number | undefined>>>;

const AGGREGATES: Readonly<Record<string, (values: number[]) => number>> = {
  Maximum: (values) => Math.max(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  p95: (values) => values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? Number.NaN,
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/** One figure per period; NaN without data. */
function aggregated(series: Series, { MetricName, Period, Stat }: Statistic): number[] {
  const minutes = series[MetricName] ?? [];
  const perPeriod = Period / 60;
  return Array.from({ length: Math.floor(minutes.length / perPeriod) }, (_, index) => {
    const values = minutes.slice(index * perPeriod, (index + 1) * perPeriod).filter((value) => value !== undefined);
    return values.length === 0 ? Number.NaN : (AGGREGATES[Stat]?.(values) ?? Number.NaN);
  });
}

/** The functions of CloudWatch's metric math that the template uses. Missing data, NaN here, makes a result missing. */
const MATH = {
  FILL: (value: number, fallback: number) => (Number.isNaN(value) ? fallback : value),
  IF: (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
};

function figuresOf(alarm: Readonly<Record<string, unknown>>, series: Series): number[] {
  const { Metrics, MetricName, Period, Statistic, ExtendedStatistic } = JSON.parse(JSON.stringify(alarm));
  if (Metrics === undefined) return aggregated(series, { MetricName, Period, Stat: Statistic ?? ExtendedStatistic });
  const { Expression } = Metrics.at(-1);
  const inputs: Array<{ Id: string; MetricStat: { Metric: { MetricName: string }; Period: number; Stat: string } }> =
    Metrics.slice(0, -1);
  const columns = inputs.map(({ MetricStat }) => aggregated(series, { ...MetricStat, ...MetricStat.Metric }));
  const evaluate = new Function(...Object.keys(MATH), ...inputs.map(({ Id }) => Id), `return ${Expression}`);
  return (columns[0] ?? []).map((_, index) =>
    evaluate(...Object.values(MATH), ...columns.map((column) => column[index] ?? Number.NaN)),
  );
}

/**
 * Evaluates an alarm of a template as CloudWatch does.
 * @returns the periods, from 0, at whose end it is in ALARM
 */
export function alarmingPeriods(alarm: Readonly<Record<string, unknown>>, series: Series): number[] {
  const evaluated = Number(alarm['EvaluationPeriods']);
  const needed = Number(alarm['DatapointsToAlarm'] ?? evaluated);
  const breaches = figuresOf(alarm, series).map((figure) =>
    Number.isNaN(figure) ? alarm['TreatMissingData'] === 'breaching' : figure > Number(alarm['Threshold']),
  );
  return breaches.flatMap((_, index) => {
    const window = breaches.slice(Math.max(0, index - evaluated + 1), index + 1);
    return window.filter(Boolean).length >= needed ? [index] : [];
  });
}
