import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { withDatabase } from '../database.ts';
import type { Figure } from '../figure.ts';
import { callsPerSecond, pacedCalls } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { newTag, registration } from '../people.ts';
import { processorMs } from '../process-figures.ts';
import { mailLimitMs } from '../settle.ts';
import type { OurSystem } from '../system/system.ts';
import type { Workload } from './workload.ts';

const slowPerSecond = 20;

export type Counters = Record<string, number>;

/** What MariaDB counts, and what it is called here. */
const statusNames = {
  Questions: 'statements',
  Com_select: 'of them SELECT',
  Com_insert: 'of them INSERT',
  Com_update: 'of them UPDATE',
  Com_commit: 'of them COMMIT',
  Bytes_received: 'bytes to MariaDB',
  Bytes_sent: 'bytes from MariaDB',
} as Readonly<Record<string, string>>;

const units: Readonly<Record<string, string>> = {
  'CPU of the application': 'ms',
  'CPU of MariaDB': 'ms',
  'CPU of Kafka': 'ms',
  'CPU of Redis': 'ms',
  'bytes to MariaDB': 'B',
  'bytes from MariaDB': 'B',
  'bytes of a mail': 'B',
  'bytes on user.email.send': 'B',
  'bytes on user.email.sent': 'B',
};

/** @returns what a topic takes on the broker's disk */
function topicBytes(dir: string, topic: string): number {
  const data = path.join(dir, 'kafka', 'data');
  const logs = readdirSync(data)
    .filter((name) => name.replace(/-\d+$/, '') === topic)
    .flatMap((name) => readdirSync(path.join(data, name)).map((file) => path.join(data, name, file)))
    .filter((file) => file.endsWith('.log'));
  return logs.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** @returns what everything has taken since it was started */
async function readCounters(
  { servers: { dir, pids } }: Laboratory,
  { usersDatabaseUrl, pids: own, sendTopic = '', sentTopic }: OurSystem,
): Promise<Counters> {
  const rows = await withDatabase(usersDatabaseUrl, (query) =>
    query('SHOW GLOBAL STATUS WHERE Variable_name IN (?)', [Object.keys(statusNames)]),
  );
  const status = rows.map((row) => [statusNames[String(row['Variable_name'])] ?? '', Number(row['Value'])]);
  return {
    'CPU of the application': processorMs(own()),
    'CPU of MariaDB': processorMs([pids.mysql]),
    'CPU of Kafka': processorMs([pids.kafka]),
    'CPU of Redis': processorMs([pids.redis]),
    ...Object.fromEntries(status),
    'bytes on user.email.send': topicBytes(dir, sendTopic),
    'bytes on user.email.sent': topicBytes(dir, sentTopic),
  };
}

/** @returns what the work has taken */
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
    // Seldom: asking costs statements too.
    await waitFor(isFinished, { timeoutMs: mailLimitMs, everyMs: 1000 });
  });
}

/** What one registration takes, from the call to its FINISHED event, without what polling takes meanwhile. */
async function costOfOne(
  laboratory: Laboratory,
  ours: OurSystem,
  {
    count,
    idle,
    load,
  }: {
    count: number;
    /** in a second */
    idle: Counters;
    load: (tag: string) => Promise<unknown>;
  },
): Promise<Counters> {
  const tag = newTag();
  let mailBytes = 0;
  const { used, seconds } = await counting(laboratory, ours, async () => {
    const arriving = await laboratory.servers.sink.expect(tag, count);
    await load(tag);
    mailBytes = (await arriving(mailLimitMs)).bytes;
    await untilFinished(ours);
  });
  const each = Object.entries(used).map(([name, value]) => [name, (value - (idle[name] ?? 0) * seconds) / count]);
  return { ...Object.fromEntries(each), 'bytes of a mail': mailBytes / count };
}

function figuresOf(title: string, rounds: readonly Counters[]): Figure[] {
  return Object.keys(rounds[0] ?? {}).map((name) => ({
    title: `${name}, ${title}`,
    unit: units[name] ?? '',
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
        load: (tag: string) => callsPerSecond(base, { count: costed, call: (index) => registration(tag, index) }),
      },
      [`a registration, ${slowPerSecond} a second`]: {
        count: Math.ceil(costed / 4),
        load: (tag: string) =>
          pacedCalls(base, {
            count: Math.ceil(costed / 4),
            everyMs: 1000 / slowPerSecond,
            call: (index) => registration(tag, index),
            onStart: () => undefined,
          }),
      },
    };
    const warm = newTag();
    await callsPerSecond(base, { count: costed, call: (index) => registration(warm, index) });
    await untilFinished(ours);
    const { used, seconds } = await counting(laboratory, ours, () => sleep(idleSeconds * 1000));
    const idle = Object.fromEntries(Object.entries(used).map(([name, value]) => [name, value / seconds]));

    const figures = [];
    for (const [title, load] of Object.entries(loads)) {
      const rounds = [];
      for (let round = 0; round < laboratory.rounds; round += 1)
        rounds.push(await costOfOne(laboratory, ours, { ...load, idle }));
      figures.push(...figuresOf(title, rounds));
    }
    const { 'bytes on user.email.send': _send, 'bytes on user.email.sent': _sent, ...polling } = idle;
    return [...figures, ...figuresOf('a second without work', [polling])];
  },
};
