import { spawnSync } from 'node:child_process';
import { wholeNumber } from '#tools/local/cli/options.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { namesIn, readArguments } from '../arguments.ts';
import { fullSizes, shortSizes } from './sizes.ts';

export type WorkloadName = (typeof workloadNames)[number];

export type Options = ReturnType<typeof readOptions>;

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
  'soak-memory',
] as const;

/** They take minutes and have to be requested by name. */
const onlyByName: readonly string[] = ['growth', 'soak-memory'];

export const help = `npm run bench [-- options]

Measures this system beside what it replaces and beside the bare clients that it is made of, in turns in one run, on servers of
its own (MariaDB, Redis, Kafka and a mail server on free ports). Prints a table of figures, references, ratios and goals.

  --only a,b        only these: ${workloadNames.join(', ')};
                    all but growth and soak-memory without it
  --rounds N        how often each contender runs (3; with --short 2); the median counts
  --minutes N       how long soak-memory puts on load (10)
  --short           small numbers: shows that everything works, proves nothing
  --peer URL        the other system runs there already: only what HTTP shows is compared with it
  --node FILE       the same application on another Node takes the peer's place: FILE is its program
  --json FILE       all rounds, with the facts of the machine
  --out FILE.md     writes the tables into their marked places, such as those of docs/performance-tables.md
  --profile DIR     a CPU profile of the application for each workload (DIR/<name>.cpuprofile, for Chrome or VS Code), and the
                    packages that took most of its time; slows what is measured, so it goes with neither --json nor --out
  --help

PEER_COMMAND starts the other system on the servers of the run, by a shell in a process group of its own, with PEER_DATABASE (a
JDBC URL), KAFKA_BROKERS, REDIS_PORT, SMTP_PORT, USER_PORT and EMAIL_PORT in its environment. Needs Linux.
`;

function httpBase(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') throw new StartError(`--peer needs a URL like http://127.0.0.1:9081, not '${text}'`);
  return url.origin;
}

export interface OtherNode {
  readonly file: string;
  /** such as 20.20.2 */
  readonly version: string;
}

function nodeAt(file: string): OtherNode {
  const { stdout, status } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const version = /^v(\d+\.\d+\.\d+)$/.exec(stdout?.trim() ?? '')?.[1];
  if (status !== 0 || version === undefined) throw new StartError(`--node: '${file}' is not a Node program`);
  return { file, version };
}

/** @throws {StartError} one line that names the option */
export function readOptions(args: readonly string[], { peerCommand }: { peerCommand: string | undefined }) {
  const { has, value, values } = readArguments(args, {
    short: 'switch',
    only: 'value',
    rounds: 'value',
    minutes: 'value',
    peer: 'value',
    node: 'value',
    json: 'values',
    out: 'values',
    profile: 'value',
  });
  const [only, peer, node, profile] = [value('only'), value('peer'), value('node'), value('profile')];
  if (node !== undefined && peer !== undefined)
    throw new StartError('--node and --peer name two systems to compare with');
  if (profile !== undefined && (has('json') || has('out')))
    throw new StartError('--profile slows what is measured: its figures are not for --json or --out');
  return {
    only:
      only === undefined
        ? workloadNames.filter((name) => !onlyByName.includes(name))
        : namesIn('only', only, workloadNames),
    rounds: wholeNumber('--rounds', value('rounds') ?? (has('short') ? '2' : '3'), 99),
    minutes: wholeNumber('--minutes', value('minutes') ?? '10', 999),
    peerUrl: peer === undefined ? undefined : httpBase(peer),
    peerCommand: peer === undefined && node === undefined ? peerCommand || undefined : undefined,
    otherNode: node === undefined ? undefined : nodeAt(node),
    json: values('json'),
    out: values('out'),
    /** the folder for profiles of the application */
    profile,
    sizes: has('short') ? shortSizes : fullSizes,
  };
}
