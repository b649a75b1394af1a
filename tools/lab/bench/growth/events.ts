import type { Call } from '../../load/http.ts';
import { timesOf } from '../../load/throughput.ts';
import { percentilesOf } from '../../statistics.ts';
import { withDatabase } from '../../systems/database.ts';
import type { OurSystem } from '../../systems/our-system.ts';
import { alternate, figuresFrom } from '../alternate.ts';
import type { Figure } from '../figure.ts';
import type { Laboratory } from '../laboratory.ts';
import { relayDue } from '../workloads/relay.ts';
import { seedFinishedEvents, swappable } from './seed.ts';

const due = 500;
const listCall: Call = { method: 'GET', path: '/api/events?page=0&pageSize=20' };
const tables = { 'an empty table': 'outbox_events_few', ours: 'outbox_events_many' };

/** Measures the relay and the list of events beside many finished events, in turns with an otherwise empty table. */
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
        ...percentilesOf('list of events, ', times),
      };
    };
    return { name, warm: run, run };
  });
  const results = await alternate(contenders, laboratory);
  return figuresFrom(results, (measure) => ({ title: `${measure}, beside ${beside}`, unit: 'ms' }));
}
