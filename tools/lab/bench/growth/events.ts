import { percentile } from '../../chaos/percentile.ts';
import { alternate, figureFrom } from '../alternate.ts';
import { withDatabase } from '../database.ts';
import type { Figure } from '../figure.ts';
import { timesOf } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import type { OurSystem } from '../system/system.ts';
import { relayDue } from '../workloads/relay.ts';
import { seedFinishedEvents, swappable } from './seed.ts';

const due = 500;
const listCall = { method: 'GET', path: '/api/events?page=0&pageSize=20' };
const tables = { 'an empty table': 'outbox_events_few', ours: 'outbox_events_many' };

/** The relay and the list of events beside many that are done, in turns with a table that holds nothing else. */
export async function measureEvents(laboratory: Laboratory, ours: OurSystem): Promise<Figure[]> {
  const { finished, probes } = laboratory.sizes;
  const started = performance.now();
  await withDatabase(ours.usersDatabaseUrl, async (query) => {
    await query('CREATE TABLE ?? LIKE outbox_events', [tables['an empty table']]);
    await seedFinishedEvents(query, tables.ours, finished);
  });
  const beside = `${finished.toLocaleString('en')} finished events`;
  laboratory.tell(`${beside} made in ${Math.round(performance.now() - started)} ms`);
  const swapIn = swappable('outbox_events');
  const contenders = Object.entries(tables).map(([name, table]) => {
    const use = () => withDatabase(ours.usersDatabaseUrl, (query) => swapIn(query, table));
    const run = async () => {
      await use();
      const relayed = await relayDue(laboratory, ours, due);
      const times = await timesOf(ours.base, { count: probes, call: () => listCall });
      return {
        [`relay of ${due} due events`]: relayed,
        'list of events, p50': percentile(times, 0.5) ?? Number.NaN,
        'list of events, p99': percentile(times, 0.99) ?? Number.NaN,
      };
    };
    return { name, warm: run, run };
  });
  const results = await alternate(contenders, laboratory);
  const measures = Object.keys(results.get('ours')?.[0] ?? {});
  return measures.map((measure) => figureFrom(results, { measure, title: `${measure}, beside ${beside}`, unit: 'ms' }));
}
