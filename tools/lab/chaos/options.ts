import { readFlags, wholeNumber } from '#tools/local/cli/flags.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { allFaults, type Fault, matrix, nameOf } from './faults.ts';

export type LongOutage = 'smtp' | 'mysql' | 'kafka';

export interface Options {
  mode: 'matrix' | 'soak' | 'long-outage';
  isShort: boolean;
  faults: readonly Fault[];
  minutes: number;
  seed: number;
  outage: LongOutage;
  withPeer: boolean;
  keepsData: boolean;
  out: readonly string[];
}

export const help = `npm run test:chaos [-- options]

Breaks Kafka, Redis, MariaDB, the mail server and the application, one after the other and under load, and checks that nothing
is lost, repeated or left unfinished. Everything runs on free ports of 127.0.0.1 and is removed at the end.

  (none)                  every fault with its times asserted: about 35 minutes
  --short                 every fault of the matrix once, at most 6 minutes; times are printed, not asserted
  --only a/b,c/d          only these, such as kafka/pause,smtp/cut; may be combined with --short
  --minutes N             a soak: N minutes of random faults, several at once; prints its seed
  --seed N                the soak of that seed again
  --long-outage NAME      smtp, mysql or kafka is down for --minutes N (10) under load, with short back-offs
  --peer                  the same faults for the services that PEER_COMMAND starts, after ours
  --out FILE              writes the table: into its marked place of a Markdown file, or all data to a .json file; repeatable
  --keep                  leaves logs and data in .local/chaos until the next run
  --help

Where USERS_DATABASE_URL and NOTIFICATIONS_DATABASE_URL, REDIS_URL or KAFKA_BROKERS is set, that server is used through a
proxy, in databases and topics of the run's own, and never stopped: those faults are reported as skipped. Mails are always
counted at a mail server of the run's own; SMTP_URL is not used.
PEER_COMMAND is run by a shell in a process group of its own, with PEER_DATABASE (a JDBC URL), KAFKA_BROKERS, REDIS_PORT,
SMTP_PORT, USER_PORT and EMAIL_PORT in its environment.
`;

function faultsNamed(value: string) {
  return value.split(',').map((name) => {
    const fault = allFaults.find((known) => nameOf(known) === name);
    if (fault === undefined)
      throw new StartError(`--only knows no '${name}'; there are ${allFaults.map(nameOf).join(', ')}`);
    return fault;
  });
}

function outageNamed(value: string): LongOutage {
  if (value !== 'smtp' && value !== 'mysql' && value !== 'kafka')
    throw new StartError(`--long-outage must be smtp, mysql or kafka, not '${value}'`);
  return value;
}

const known = {
  bare: ['--short', '--peer', '--keep'],
  withValue: ['--only', '--minutes', '--seed', '--long-outage', '--out'],
  repeatable: ['--out'],
};

/**
 * Reads the arguments.
 * @throws {StartError} one line that names the flag
 */
export function readOptions(
  args: readonly string[],
  { peerCommand, newSeed }: { peerCommand: string | undefined; newSeed: () => number },
): Options {
  const flags = readFlags(args, known);
  const value = (flag: string) => flags.get(flag)?.[0];
  const exclude = (flag: string, others: string[]) => {
    const other = flags.has(flag) ? others.find((name) => flags.has(name)) : undefined;
    if (other !== undefined) throw new StartError(`${flag} and ${other} exclude each other`);
  };
  exclude('--short', ['--minutes', '--seed', '--long-outage']);
  exclude('--only', ['--minutes', '--seed', '--long-outage']);
  exclude('--long-outage', ['--seed', '--peer']);
  exclude('--peer', ['--minutes', '--seed']);
  if (flags.has('--seed') && !flags.has('--minutes')) throw new StartError('--seed needs --minutes');
  const withPeer = flags.has('--peer');
  if (withPeer && !peerCommand)
    throw new StartError('--peer needs PEER_COMMAND: the command that starts the other services');

  const isShort = flags.has('--short');
  const only = value('--only');
  const outage = value('--long-outage');
  return {
    mode: outage !== undefined ? 'long-outage' : flags.has('--minutes') ? 'soak' : 'matrix',
    isShort,
    faults: only === undefined ? (isShort ? matrix : allFaults) : faultsNamed(only),
    minutes: wholeNumber('--minutes', value('--minutes') ?? '10', 240),
    seed: flags.has('--seed') ? wholeNumber('--seed', value('--seed') ?? '', 4_294_967_295) : newSeed(),
    outage: outageNamed(outage ?? 'smtp'),
    withPeer,
    keepsData: flags.has('--keep'),
    out: flags.get('--out') ?? [],
  };
}
