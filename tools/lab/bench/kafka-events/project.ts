import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { rootDir } from '#tools/paths.ts';
import { newFolder, removeFolder } from '../../folders.ts';

const handlerFile = fileURLToPath(new URL('./handler.ts', import.meta.url));
const untilLimitMs = 600_000;

/** What every measurement works with. */
export interface Bench {
  /** separated by commas */
  brokers: string;
  guard: Guard;
  records: number;
  /** how often each consumer runs, in turns: A B C D A B C D */
  rounds: number;
  /** how long memory is watched */
  minutes: number;
}

export interface Running {
  pid: number;
  folder: string;
  /** when it joined its group, in ms since 1970 */
  joinedAt: () => number;
  /** waits for the first value; a throw counts as none */
  until: <T>(look: (log: string) => T) => Promise<NonNullable<T>>;
}

export interface ProjectOptions {
  topic: string;
  groupId: string;
  handler: 'noop' | 'latency' | 'memory';
  /** worker threads when false */
  isInProcess?: boolean;
  /** further properties of the `kafka:` event */
  event?: object;
  environment?: Record<string, string>;
}

async function configuration(
  brokers: readonly string[],
  folder: string,
  { topic, groupId, handler, isInProcess = true, event = {}, environment = {} }: ProjectOptions,
) {
  const [httpPort, lambdaPort] = await freePorts(2);
  const kafka = {
    accessConfigurations: { vpcSubnet: ['subnet-0'], vpcSecurityGroup: ['sg-0'] },
    bootstrapServers: brokers,
    consumerGroupId: groupId,
    topic,
    ...event,
  };
  return {
    service: 'bench',
    provider: { name: 'aws', runtime: 'nodejs24.x', environment: { ...environment, BENCH_FOLDER: folder } },
    plugins: ['serverless-offline-kafka-events', 'serverless-offline'],
    custom: {
      'serverless-offline': { useInProcess: isInProcess, httpPort, lambdaPort },
      kafkaEvents: { brokers, metricsPort: 0 },
    },
    functions: { consume: { handler: `handler.${handler}`, events: [{ kafka }] } },
  };
}

/** Runs a real project, in a folder and a process of its own. */
export async function withProject<T>(
  { brokers, guard }: Bench,
  options: ProjectOptions,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const folder = newFolder();
  symlinkSync(path.join(rootDir, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const { code } = await esbuild.transform(readFileSync(handlerFile), { loader: 'ts', format: 'esm' });
  writeFileSync(path.join(folder, 'handler.mjs'), code);
  const config = await configuration(brokers.split(','), folder, options);
  writeFileSync(path.join(folder, 'serverless.yml'), JSON.stringify(config));
  const args = ['--expose-gc', 'node_modules/serverless/bin/serverless.js', 'offline', 'start'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  guard.watch(pid);
  const exited = once(child, 'exit').then(() => guard.forget(pid));
  let log = '';
  let joinedAt = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      if (joinedAt === 0 && String(data).includes('joined the group')) joinedAt = Date.now();
      // The beginning is about the start, the end about errors; the lines in between would be many megabytes.
      log = log.length < 60_000 ? log + data : log.slice(0, 30_000) + String(data).slice(-30_000);
    });
  }
  const until = async <U>(look: (log: string) => U): Promise<NonNullable<U>> => {
    let found: U | undefined;
    const hasFound = () => {
      found = look(log);
      return Boolean(found);
    };
    await waitFor(hasFound, { timeoutMs: untilLimitMs });
    if (found) return found;
    throw new Error(`nothing was found in ${untilLimitMs / 1000} s; the log ends with\n${log.slice(-2_000)}`);
  };
  try {
    return await use({ pid, folder, joinedAt: () => joinedAt, until });
  } finally {
    child.kill('SIGTERM');
    await exited;
    removeFolder(folder);
  }
}
