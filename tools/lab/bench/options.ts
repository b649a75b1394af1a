import { readFlags, wholeNumber } from '#tools/local/cli/flags.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { fullSizes, type Sizes, shortSizes } from './sizes.ts';

export type WorkloadName = (typeof workloadNames)[number];

export interface Options {
  only: readonly WorkloadName[];
  rounds: number;
  peerUrl: string | undefined;
  peerCommand: string | undefined;
  json: readonly string[];
  out: readonly string[];
  /** where profiles of the application go */
  profile: string | undefined;
  sizes: Sizes;
}

/** In the order in which they run. */
export const workloadNames = [
  'start',
  'import',
  'post-min',
  'post',
  'get',
  'spread',
  'list',
  'drain',
  'latency',
  'relay',
  'memory',
  'cost',
  'growth',
] as const;

/** It takes minutes and is asked for by name. */
const onlyByName = 'growth';

export const help = `npm run bench [-- options]

Measures this system beside what it replaces and beside the bare clients that it is made of, in turns in one run, on servers of
its own (MariaDB, Redis, Kafka and a mail server on free ports). Prints a table of figures, references, ratios and goals.

  --only a,b        only these: ${workloadNames.join(', ')};
                    all but growth without it
  --rounds N        how often each contender runs (3; with --short 2); the median counts
  --short           small numbers: shows that everything works, proves nothing
  --peer URL        the other system runs there already: only what HTTP shows is compared with it
  --json FILE       all rounds, with the facts of the machine
  --out FILE.md     writes the tables into their marked places, such as those of docs/performance.md
  --profile DIR     a CPU profile of the application for each workload (DIR/<name>.cpuprofile, for Chrome or VS Code), and the
                    packages that took most of its time; slows what is measured, so it goes with neither --json nor --out
  --help

PEER_COMMAND starts the other system on the servers of the run, by a shell in a process group of its own, with PEER_DATABASE (a
JDBC URL), KAFKA_BROKERS, REDIS_PORT, SMTP_PORT, USER_PORT and EMAIL_PORT in its environment. Needs Linux.
`;

const knownFlags = {
  bare: ['--short'],
  withValue: ['--only', '--rounds', '--peer', '--json', '--out', '--profile'],
  repeatable: ['--json', '--out'],
};

function namesIn(text: string) {
  return text.split(',').map((name) => {
    const known = workloadNames.find((workload) => workload === name);
    if (known === undefined) throw new StartError(`--only knows no '${name}'; there are ${workloadNames.join(', ')}`);
    return known;
  });
}

function httpBase(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') throw new StartError(`--peer needs a URL like http://127.0.0.1:9081, not '${text}'`);
  return url.origin;
}

/** @throws {StartError} one line that names the flag */
export function readOptions(args: readonly string[], { peerCommand }: { peerCommand: string | undefined }): Options {
  const flags = readFlags(args, knownFlags);
  const value = (flag: string) => flags.get(flag)?.[0];
  const [only, peer] = [value('--only'), value('--peer')];
  const isShort = flags.has('--short');
  const profile = value('--profile');
  if (profile !== undefined && (flags.has('--json') || flags.has('--out')))
    throw new StartError('--profile slows what is measured: its figures are not for --json or --out');
  return {
    only: only === undefined ? workloadNames.filter((name) => name !== onlyByName) : namesIn(only),
    rounds: wholeNumber('--rounds', value('--rounds') ?? (isShort ? '2' : '3'), 99),
    peerUrl: peer === undefined ? undefined : httpBase(peer),
    peerCommand: peer === undefined ? peerCommand || undefined : undefined,
    json: flags.get('--json') ?? [],
    out: flags.get('--out') ?? [],
    profile,
    sizes: isShort ? shortSizes : fullSizes,
  };
}
