import { wholeNumber } from '#tools/local/cli/options.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { namesIn, readArguments } from '../arguments.ts';
import { allFaults, type Fault, matrix, nameOf, sharedFaults } from '../faults/faults.ts';

const longOutages = ['smtp', 'mysql', 'kafka'] as const;

export type LongOutage = (typeof longOutages)[number];

export type Options = ReturnType<typeof readOptions>;

export const help = `npm run test:chaos [-- options]

Breaks Kafka, Redis, MariaDB, the mail server and the application, one after the other and under load, and checks that nothing
is lost, repeated or left unfinished. Everything runs on free ports of 127.0.0.1 and is removed at the end.

  (none)                  every fault, times asserted: about 35 minutes
  --short                 every fault of the matrix once, about 4 minutes; times are printed, not asserted
  --only a/b,c/d          only these, such as kafka/pause,smtp/cut; may be combined with --short
  --replicas N            the system runs N times (1 to 4) on the same servers; faults hit one of the replicas (app) or all (apps)
  --roles                 each of them is three processes: api, consumer and scheduler (ROLE)
  --brokers 3             the faults of Kafka for the leader of three brokers: replication 3, min.insync.replicas 2
  --soak 30m              a low load for that long (s, m, h) while the replicas are restarted, one after the other
  --random                the soak has random faults instead, several at once, and more load; prints its seed
  --seed N                repeats the random faults of that seed
  --long-outage NAME      smtp, mysql or kafka is down for --minutes N (10) under load, with short back-offs
  --peer                  the same faults for the services that PEER_COMMAND starts, after ours
  --out FILE              writes the table: into its marked place of a Markdown file, or all data to a .json file; repeatable
  --keep                  keeps logs and data in .local/lab until the next run
  --help

Where USERS_DATABASE_URL and NOTIFICATIONS_DATABASE_URL, REDIS_URL or KAFKA_BROKERS is set, that server is used through a
proxy, in databases and topics of the run's own, and never stopped: those faults are reported as skipped. Mails are always
counted at a mail server of the run's own; SMTP_URL is not used.
PEER_COMMAND is run by a shell in a process group of its own, with PEER_DATABASE (a JDBC URL), KAFKA_BROKERS, REDIS_PORT,
SMTP_PORT, USER_PORT and EMAIL_PORT in its environment.
`;

function faultsNamed(value: string): Fault[] {
  const names = namesIn('only', value, allFaults.map(nameOf));
  return names.flatMap((name) => allFaults.filter((fault) => nameOf(fault) === name));
}

/** Pairs of options that exclude each other. */
const exclusions = {
  short: ['soak', 'long-outage'],
  only: ['soak', 'long-outage'],
  'long-outage': ['soak', 'peer'],
  peer: ['soak', 'replicas', 'roles', 'brokers'],
};

/** Options that mean something beside others only. */
const needs = { minutes: 'long-outage', random: 'soak', seed: 'soak' };

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000 };

/** @throws {StartError} unless the value is a number with its unit, at most four hours */
function duration(option: string, value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(value) ?? [];
  const ms = Number(number) * (unit === 's' || unit === 'm' || unit === 'h' ? unitsMs[unit] : 0);
  if (ms < 1 || ms > 4 * unitsMs.h)
    throw new StartError(`${option} must be a duration up to 4h such as 90s or 30m, not '${value}'`);
  return ms;
}

/** The faults of a run that does not name them. */
function usualFaults({ isShort, replicas, brokers }: { isShort: boolean; replicas: number; brokers: number }) {
  const usual = isShort ? matrix : allFaults.filter(({ dependency }) => dependency !== 'apps');
  if (brokers > 1) return usual.filter(({ dependency }) => dependency === 'kafka');
  return replicas > 1 ? [...usual, ...sharedFaults] : usual;
}

/** @throws {StartError} one line that names the option */
export function readOptions(
  args: readonly string[],
  { peerCommand, newSeed }: { peerCommand: string | undefined; newSeed: () => number },
) {
  const { has, value, values } = readArguments(args, {
    short: 'switch',
    peer: 'switch',
    keep: 'switch',
    only: 'value',
    minutes: 'value',
    soak: 'value',
    random: 'switch',
    replicas: 'value',
    roles: 'switch',
    brokers: 'value',
    seed: 'value',
    'long-outage': 'value',
    out: 'values',
  });
  for (const [option, others] of Object.entries(exclusions)) {
    const other = has(option) ? others.find(has) : undefined;
    if (other !== undefined) throw new StartError(`--${option} and --${other} exclude each other`);
  }
  const [only, outage, seed] = [value('only'), value('long-outage'), value('seed')];
  for (const [option, needed] of Object.entries(needs))
    if (has(option) && !has(needed)) throw new StartError(`--${option} needs --${needed}`);
  if (has('peer') && !peerCommand)
    throw new StartError('--peer needs PEER_COMMAND: the command that starts the other services');
  const soakOrMatrix = has('soak') ? ('soak' as const) : ('matrix' as const);
  const isShort = has('short');
  const replicas = wholeNumber('--replicas', value('replicas') ?? '1', 4);
  const brokers = Number(namesIn('brokers', value('brokers') ?? '1', ['1', '3'])[0]);
  const faults = only === undefined ? usualFaults({ isShort, replicas, brokers }) : faultsNamed(only);
  if (replicas === 1 && faults.some(({ dependency }) => dependency === 'apps'))
    throw new StartError('Faults of apps need --replicas 2 or more');
  return {
    mode: outage === undefined ? soakOrMatrix : ('long-outage' as const),
    isShort,
    faults,
    replicas,
    isSplit: has('roles'),
    brokers,
    minutes: wholeNumber('--minutes', value('minutes') ?? '10', 240),
    soakMs: duration('--soak', value('soak') ?? '30m'),
    /** of random faults; undefined where the replicas are restarted instead */
    seed: seed !== undefined ? wholeNumber('--seed', seed, 4_294_967_295) : has('random') ? newSeed() : undefined,
    outage: namesIn('long-outage', outage ?? 'smtp', longOutages)[0] ?? 'smtp',
    /** starts the peer, after this system */
    peerCommand: has('peer') ? peerCommand : undefined,
    keepsData: has('keep'),
    out: values('out'),
  };
}

/** The tested system, in the title of a run's place in docs/chaos-tables.md: ', 2 replicas of each role'. */
export function systemOf({ replicas, isSplit, brokers }: Pick<Options, 'replicas' | 'isSplit' | 'brokers'>): string {
  const processes = `, ${replicas} ${replicas > 1 ? 'replicas' : 'replica'}${isSplit ? ' of each role' : ''}`;
  return `${replicas > 1 || isSplit ? processes : ''}${brokers > 1 ? `, ${brokers} brokers` : ''}`;
}
