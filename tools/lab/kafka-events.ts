// The event source beside bare kafkajs consumers, in one run: speed, latency, idle CPU, 300 partitions, memory. Needs Linux, a broker and the
// built package.
import { wholeNumber } from '#tools/local/cli/options.ts';
import { say } from '#tools/local/cli/progress.ts';
import { parseBrokers } from '#tools/local/cli/settings.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { namesIn, readArguments } from './arguments.ts';
import { measureIdle, measurePartitions } from './bench/kafka-events/idle.ts';
import { measureLatency } from './bench/kafka-events/latency.ts';
import { measureMemory } from './bench/kafka-events/memory.ts';
import { measureSpeed } from './bench/kafka-events/speed.ts';
import { toTable } from './bench/kafka-events/table.ts';
import { runProgram } from './program.ts';
import { writeJson } from './report.ts';

const measurements = ['idle', 'latency', 'speed', 'partitions', 'memory'] as const;

const help = `KAFKA_BROKERS=… npm run bench:kafka-events [-- options]

Measures serverless-offline-kafka-events beside bare kafkajs consumers, in turns in one run, and prints the tables of its docs/speed.md.
Build the package first: npm run build --workspace serverless-offline-kafka-events.

  --only a,b      only these: ${measurements.join(', ')}
  --rounds N      how often each consumer runs (2); the median counts
  --records N     records per topic (150000), four times as many in batches of 1,000
  --minutes N     how long memory is watched under load; without it memory is not measured
  --json FILE     all figures, with the facts of the machine
  --help
`;

function readOptions(args: readonly string[]) {
  const { value, has } = readArguments(args, {
    only: 'value',
    rounds: 'value',
    records: 'value',
    minutes: 'value',
    json: 'value',
  });
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers === undefined) throw new StartError('KAFKA_BROKERS is not set: it must name the broker to measure with');
  parseBrokers(brokers);
  return {
    only: namesIn('only', value('only') ?? measurements.join(','), measurements),
    rounds: wholeNumber('--rounds', value('rounds') ?? '2', 99),
    records: wholeNumber('--records', value('records') ?? '150000', 100_000_000),
    minutes: has('minutes') ? wholeNumber('--minutes', value('minutes') ?? '', 240) : 0,
    json: value('json'),
    brokers,
  };
}

/**
 * `npm run bench:kafka-events`.
 * @returns exit code
 */
export function main(args: string[]): Promise<number> {
  return runProgram({
    args,
    help,
    readOptions: () => readOptions(args),
    run: async (options, { guard, machine }) => {
      const bench = { ...options, guard };
      const isWanted = (what: (typeof measurements)[number]) => options.only.includes(what);
      const { records, rounds } = options;
      const figures = {
        idle: isWanted('idle') ? await measureIdle(bench) : null,
        latency: isWanted('latency') ? await measureLatency(bench) : null,
        speed: isWanted('speed') ? await measureSpeed(bench) : null,
        partitions: isWanted('partitions') ? await measurePartitions(bench) : null,
        memory: isWanted('memory') && options.minutes > 0 ? await measureMemory(bench) : null,
      };
      const report = { machine: machine(), records, rounds, ...figures };
      say(toTable(report));
      if (options.json === undefined) say(JSON.stringify(report));
      else writeJson(options.json, report);
      return 0;
    },
  });
}
