import { h, setData, setText } from './elements.ts';
import { agoText, numberText, spanText } from './format.ts';
import type { Health, Snapshot } from './snapshot.ts';

const NAMES: Readonly<Record<string, string>> = {
  mysqlUsers: 'MySQL, users',
  mysqlNotifications: 'MySQL, notifications',
  redis: 'Redis',
  kafka: 'Kafka',
  smtp: 'Mail server',
};

type Report = NonNullable<Health['dependencies']>[string];

function stateText(report: Report, now: number): string {
  if (report.status === 'up') return `up, ${spanText(report.latencyMs)}`;
  const since = report.downSince === undefined ? '' : ` since ${agoText(report.downSince, now).replace(' ago', '')}`;
  return `down${since}${report.problem === undefined ? '' : ` (${report.problem})`}`;
}

/** Shows each dependency's state. */
export function healthView(list: HTMLElement) {
  const rows = new Map<string, { readonly item: HTMLElement; readonly state: HTMLElement }>();
  return ({ health }: Snapshot, now: number): void => {
    for (const [name, report] of Object.entries(health?.dependencies ?? {})) {
      let row = rows.get(name);
      if (row === undefined) {
        const state = h('span', { class: 'health-state' });
        const item = h(
          'li',
          {},
          h('span', { class: 'dot' }),
          h('span', { class: 'health-name' }, NAMES[name] ?? name),
          state,
        );
        row = { item, state };
        rows.set(name, row);
        list.append(item);
      }
      setData(row.item, 'state', report.status);
      setText(row.state, stateText(report, now));
    }
  };
}

/** Shows the lag and the batches in flight of each consumer; hidden if the API does not report them. */
export function consumersView(part: HTMLElement, body: HTMLElement) {
  const rows = new Map<string, { readonly lag: HTMLElement; readonly batches: HTMLElement }>();
  return ({ consumers }: Snapshot): void => {
    part.hidden = !consumers || consumers.consumers.length === 0;
    for (const consumer of consumers?.consumers ?? []) {
      const key = `${consumer.function} ${consumer.topic}`;
      let row = rows.get(key);
      if (row === undefined) {
        row = { lag: h('td', { class: 'num' }), batches: h('td', { class: 'num' }) };
        rows.set(key, row);
        body.append(
          h('tr', {}, h('th', { scope: 'row' }, consumer.function), h('td', {}, consumer.topic), row.lag, row.batches),
        );
      }
      setText(row.lag, numberText(consumer.lag));
      setText(row.batches, numberText(consumer.batchesInFlight));
    }
  };
}
