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

/** What the command line asks for. */
export const options = {
  /** `speed`, `latency`, `idle` or `memory`; all of them without. */
  only: values.only,
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
