import { type Chart, drawChart } from './chart.ts';
import { numberText, spanText } from './format.ts';
import type { Snapshot } from './snapshot.ts';

/** Two minutes, at a look every two seconds. */
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
      // A line along the bottom would hide the others.
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
        name: '95 of 100 within',
        tone: 'main',
        values: minutes.map(({ latencyMs }) => latencyMs?.p95 ?? null),
        isFilled: true,
      },
      { name: 'half within', tone: 'second', values: minutes.map(({ latencyMs }) => latencyMs?.p50 ?? null) },
    ],
    ends: ['15 min ago', 'this minute'],
    text: spanText,
    leastTop: 100,
    summary:
      latency === null
        ? 'Nothing finished in the last 15 minutes.'
        : `In the last 15 minutes half of the events were confirmed within ${spanText(latency.p50)}, 95 of 100 within ${spanText(latency.p95)}.`,
    empty: 'Nothing finished in the last 15 minutes.',
  };
}

function lagChart(samples: readonly number[], isTold: boolean): Chart {
  return {
    series: [{ name: 'records behind', tone: 'main', values: samples, isFilled: true }],
    ends: ['2 min ago', 'now'],
    text: numberText,
    leastTop: 10,
    summary: `The consumers are ${numberText(samples.at(-1) ?? 0)} records behind; at most ${numberText(Math.max(0, ...samples))} while this page looked.`,
    empty: isTold ? 'Not known yet.' : 'Only the local event source tells it; on AWS see CloudWatch.',
  };
}

export interface ChartPlaces {
  readonly rates: HTMLElement;
  readonly latency: HTMLElement;
  readonly lag: HTMLElement;
}

/** Draws the three charts; the lag's past is what this page itself has seen. */
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
