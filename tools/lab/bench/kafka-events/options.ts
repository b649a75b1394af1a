import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    records: { type: 'string', default: '150000' },
    minutes: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});

const measurements = ['idle', 'latency', 'speed', 'memory'];
const only = values.only?.split(',') ?? measurements;
const unknown = only.filter((name) => !measurements.includes(name));
if (unknown.length > 0) throw new Error(`--only knows no ${unknown.join(', ')}; there are ${measurements.join(', ')}`);

/** What the command line asks for. */
export const options = {
  only,
  /** How often each consumer runs, in turn: A B C D A B C D. */
  rounds: Number(values.rounds),
  records: Number(values.records),
  /** How long memory is watched under load; 0: not at all. */
  minutes: Number(values.minutes),
  /** File for the figures, with the facts of the machine. */
  json: values.json,
};

export const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').filter(Boolean);
if (brokers.length === 0) throw new Error('KAFKA_BROKERS must name the broker to measure with');
