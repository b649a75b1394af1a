import { type Chart, drawChart } from './chart.ts';
import { numberText, spanText } from './format.ts';
import type { Snapshot } from './snapshot.ts';

/** Two minutes, at one sample every two seconds. */
const LAG_SAMPLES = 60;

type Minutes = NonNullable<Snapshot['pipeline']>['minutes'];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratesChart(minutes: Minutes): Chart {
  const [registered, finished, failed] = [
    minutes.map((minute) => minute.registered),
    minutes.map((minute) => minute.finished),
    minutes.map((minute) => minute.failed),
  ];
  const total = [sum(registered), sum(finished), sum(failed)].map(numberText);
  return {
    series: [
      { name: 'registered', tone: 'main', values: registered, isFilled: true },
      { name: 'finished', tone: 'second', values: finished },
      // A line at zero would hide the others.
      { name: 'failed', tone: 'bad', values: sum(failed) > 0 ? failed : [] },
    ],
    ends: ['15 min ago', 'this minute'],
    text: numberText,
    leastTop: 10,
    summary: `In the last 15 minutes ${total[0]} registered, ${total[1]} finished and ${total[2]} failed.`,
    empty: 'Nothing yet.',
  };
}

function latencyChart(minutes: Minutes, latency: NonNullable<Snapshot['pipeline']>['latencyMs']): Chart {
  return {
    series: [
      {
        name: '95th percentile',
        tone: 'main',
        values: minutes.map(({ latencyMs }) => latencyMs?.p95 ?? null),
        isFilled: true,
      },
      { name: 'median', tone: 'second', values: minutes.map(({ latencyMs }) => latencyMs?.p50 ?? null) },
    ],
    ends: ['15 min ago', 'this minute'],
    text: spanText,
    leastTop: 100,
    summary:
      latency === null
        ? 'Nothing finished in the last 15 minutes.'
        : `Time to confirmation in the last 15 minutes: median ${spanText(latency.p50)}, 95th percentile ${spanText(latency.p95)}.`,
    empty: 'Nothing finished in the last 15 minutes.',
  };
}

function lagChart(samples: readonly number[], isReported: boolean): Chart {
  return {
    series: [{ name: 'records behind', tone: 'main', values: samples, isFilled: true }],
    ends: ['2 min ago', 'now'],
    text: numberText,
    leastTop: 10,
    summary: `The consumers are ${numberText(samples.at(-1) ?? 0)} records behind; the maximum since this page opened is ${numberText(Math.max(0, ...samples))}.`,
    empty: isReported ? 'No figures yet.' : 'Reported by the local event source only; on AWS, see CloudWatch.',
  };
}

export interface ChartPlaces {
  readonly rates: HTMLElement;
  readonly latency: HTMLElement;
  readonly lag: HTMLElement;
}

/** Draws the three charts; the history of the lag starts when the page opens. */
export function chartsView({ rates, latency, lag }: ChartPlaces) {
  const samples: number[] = [];
  let sampledAt: string | undefined;
  return ({ pipeline, consumers }: Snapshot): void => {
    if (pipeline !== undefined) {
      drawChart(rates, ratesChart(pipeline.minutes));
      drawChart(latency, latencyChart(pipeline.minutes, pipeline.latencyMs));
    }
    if (consumers && consumers.observedAt !== sampledAt) {
      sampledAt = consumers.observedAt;
      samples.push(sum(consumers.consumers.map((consumer) => consumer.lag)));
      if (samples.length > LAG_SAMPLES) samples.shift();
    }
    const past = Array.from({ length: LAG_SAMPLES - samples.length }, () => null);
    const chart = lagChart(samples, consumers !== null);
    drawChart(lag, { ...chart, series: chart.series.map((one) => ({ ...one, values: [...past, ...one.values] })) });
  };
}
