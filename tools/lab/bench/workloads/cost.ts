import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { addressOf, newTag, registration } from '../../load/registrations.ts';
import { registerSteadily } from '../../load/steady.ts';
import { callsPerSecond } from '../../load/throughput.ts';
import { withDatabase } from '../../systems/database.ts';
import { awaitMails } from '../../systems/mail-journal.ts';
import type { OurSystem } from '../../systems/our-system.ts';
import { processorMs } from '../../systems/processes.ts';
import type { Figure } from '../figure.ts';
import type { Laboratory } from '../laboratory.ts';
import { mailLimitMs, type Workload } from './workload.ts';

const slowPerSecond = 20;

type Counters = Record<string, number>;

/** MariaDB's counters and their names here. */
const statusNames: Readonly<Record<string, string>> = {
  Questions: 'statements',
  Com_select: 'of them SELECT',
  Com_insert: 'of them INSERT',
  Com_update: 'of them UPDATE',
  Com_commit: 'of them COMMIT',
  Bytes_received: 'bytes to MariaDB',
  Bytes_sent: 'bytes from MariaDB',
};

function unitOf(counter: string) {
  return counter.startsWith('CPU') ? 'ms' : counter.startsWith('bytes') ? 'B' : '';
}

/** @returns the size of a topic on the broker's disk */
function topicBytes(dir: string, topic: string): number {
  const data = path.join(dir, 'kafka', 'data');
  const logs = readdirSync(data)
    .filter((name) => name.replace(/-\d+$/, '') === topic)
    .flatMap((name) => readdirSync(path.join(data, name)).map((file) => path.join(data, name, file)))
    .filter((file) => file.endsWith('.log'));
  return logs.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** @returns what everything has used since its start */
async function readCounters(
  { servers: { dir, victims } }: Laboratory,
  { usersDatabaseUrl, pids, sendTopic, sentTopic }: OurSystem,
): Promise<Counters> {
  const rows = await withDatabase(usersDatabaseUrl, (query) =>
    query('SHOW GLOBAL STATUS WHERE Variable_name IN (?)', [Object.keys(statusNames)]),
  );
  const status = rows.map((row) => [statusNames[String(row['Variable_name'])] ?? '', Number(row['Value'])]);
  return {
    'CPU of the application': processorMs(pids()),
    'CPU of MariaDB': processorMs(victims.mysql.target?.pids() ?? []),
    'CPU of Kafka': processorMs(victims.kafka.target?.pids() ?? []),
    'CPU of Redis': processorMs(victims.redis.target?.pids() ?? []),
    ...Object.fromEntries(status),
    'bytes on user.email.send': topicBytes(dir, sendTopic),
    'bytes on user.email.sent': topicBytes(dir, sentTopic),
  };
}

/** @returns what the work has used */
async function counting(
  laboratory: Laboratory,
  ours: OurSystem,
  work: () => Promise<unknown>,
): Promise<{ used: Counters; seconds: number }> {
  const before = await readCounters(laboratory, ours);
  const started = performance.now();
  await work();
  const after = await readCounters(laboratory, ours);
  const used = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
  return { used, seconds: (performance.now() - started) / 1000 };
}

function untilFinished({ usersDatabaseUrl }: OurSystem) {
  return withDatabase(usersDatabaseUrl, async (query) => {
    const isFinished = async () => {
      const [row] = await query("SELECT COUNT(*) AS open FROM outbox_events WHERE event_state = 'PROCESSING'");
      return Number(row?.['open']) === 0;
    };
    // Once per second: each query counts as a statement.
    await waitFor(isFinished, { timeoutMs: mailLimitMs, everyMs: 1000 });
  });
}

/** What one registration uses, from the call to its FINISHED event, without what polling uses meanwhile. */
async function costOfOne(
  laboratory: Laboratory,
  ours: OurSystem,
  { count, load }: { count: number; load: (tag: string) => Promise<unknown> },
  idlePerSecond: Counters,
): Promise<Counters> {
  const tag = newTag();
  let mailBytes = 0;
  const { used, seconds } = await counting(laboratory, ours, async () => {
    await load(tag);
    mailBytes = (await awaitMails(laboratory.servers.mails, { tag, count, limitMs: mailLimitMs })).bytes;
    await untilFinished(ours);
  });
  const each = Object.entries(used).map(([name, value]) => [
    name,
    (value - (idlePerSecond[name] ?? 0) * seconds) / count,
  ]);
  return { ...Object.fromEntries(each), 'bytes of a mail': mailBytes / count };
}

function figuresOf(title: string, rounds: readonly Counters[]): Figure[] {
  return Object.keys(rounds[0] ?? {}).map((name) => ({
    title: `${name}, ${title}`,
    unit: unitOf(name),
    values: rounds.map((counters) => counters[name] ?? Number.NaN),
    references: [],
  }));
}

export const cost: Workload = {
  place: 'cost',
  async measure(laboratory) {
    const { costed, idleSeconds } = laboratory.sizes;
    await laboratory.stopPeer();
    const ours = await laboratory.ours('production');
    const { base } = ours;
    const loads = {
      'a registration, 16 at once': {
        count: costed,
        load: (tag: string) =>
          callsPerSecond(base, { count: costed, call: (index) => registration(addressOf(tag, index)) }),
      },
      [`a registration, ${slowPerSecond} a second`]: {
        count: Math.ceil(costed / 4),
        load: (tag: string) => registerSteadily(base, { tag, count: Math.ceil(costed / 4), perSecond: slowPerSecond }),
      },
    };
    const warm = newTag();
    await callsPerSecond(base, { count: costed, call: (index) => registration(addressOf(warm, index)) });
    await untilFinished(ours);
    const { used, seconds } = await counting(laboratory, ours, () => sleep(idleSeconds * 1000));
    const idle = Object.fromEntries(Object.entries(used).map(([name, value]) => [name, value / seconds]));

    const figures = [];
    for (const [title, load] of Object.entries(loads)) {
      const rounds = [];
      for (let round = 0; round < laboratory.rounds; round += 1)
        rounds.push(await costOfOne(laboratory, ours, load, idle));
      figures.push(...figuresOf(title, rounds));
    }
    const { 'bytes on user.email.send': _send, 'bytes on user.email.sent': _sent, ...polling } = idle;
    return [...figures, ...figuresOf('a second without work', [polling])];
  },
};
