import { wholeNumber } from '#tools/local/cli/options.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { namesIn, readArguments } from '../arguments.ts';
import { allFaults, type Fault, matrix, nameOf } from '../faults/faults.ts';

const longOutages = ['smtp', 'mysql', 'kafka'] as const;

export type LongOutage = (typeof longOutages)[number];

export type Options = ReturnType<typeof readOptions>;

export const help = `npm run test:chaos [-- options]

Breaks Kafka, Redis, MariaDB, the mail server and the application, one after the other and under load, and checks that nothing
is lost, repeated or left unfinished. Everything runs on free ports of 127.0.0.1 and is removed at the end.

  (none)                  every fault, times asserted: about 35 minutes
  --short                 every fault of the matrix once, at most 6 minutes; times are printed, not asserted
  --only a/b,c/d          only these, such as kafka/pause,smtp/cut; may be combined with --short
  --minutes N             a soak: N minutes of random faults, several at once; prints its seed
  --seed N                repeats the soak with that seed
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
  short: ['minutes', 'seed', 'long-outage'],
  only: ['minutes', 'seed', 'long-outage'],
  'long-outage': ['seed', 'peer'],
  peer: ['minutes', 'seed'],
};

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
    seed: 'value',
    'long-outage': 'value',
    out: 'values',
  });
  for (const [option, others] of Object.entries(exclusions)) {
    const other = has(option) ? others.find(has) : undefined;
    if (other !== undefined) throw new StartError(`--${option} and --${other} exclude each other`);
  }
  const [only, outage, seed] = [value('only'), value('long-outage'), value('seed')];
  if (seed !== undefined && !has('minutes')) throw new StartError('--seed needs --minutes');
  if (has('peer') && !peerCommand)
    throw new StartError('--peer needs PEER_COMMAND: the command that starts the other services');
  const soakOrMatrix = has('minutes') ? ('soak' as const) : ('matrix' as const);
  return {
    mode: outage === undefined ? soakOrMatrix : ('long-outage' as const),
    isShort: has('short'),
    faults: only !== undefined ? faultsNamed(only) : has('short') ? matrix : allFaults,
    minutes: wholeNumber('--minutes', value('minutes') ?? '10', 240),
    seed: seed === undefined ? newSeed() : wholeNumber('--seed', seed, 4_294_967_295),
    outage: namesIn('long-outage', outage ?? 'smtp', longOutages)[0] ?? 'smtp',
    /** starts the peer, after this system */
    peerCommand: has('peer') ? peerCommand : undefined,
    keepsData: has('keep'),
    out: values('out'),
  };
}
