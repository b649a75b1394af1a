import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { rootDir } from '#tools/paths.ts';
import { brokers } from './options.ts';

const HANDLER = fileURLToPath(new URL('./handler.ts', import.meta.url));

export interface Running {
  pid: number;
  folder: string;
  /** when it said that it had joined its group */
  joinedAt: () => number;
  /** waits for the first value */
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

function configuration(
  folder: string,
  { topic, groupId, handler, isInProcess = true, event = {}, environment = {} }: ProjectOptions,
) {
  const port = 20_000 + Math.floor(Math.random() * 8_000);
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
      'serverless-offline': { useInProcess: isInProcess, httpPort: port, lambdaPort: port + 1 },
      kafkaEvents: { brokers, metricsPort: 0 },
    },
    functions: { consume: { handler: `handler.${handler}`, events: [{ kafka }] } },
  };
}

/** A real project, in a folder and a process of its own. */
export async function withProject<T>(options: ProjectOptions, use: (running: Running) => Promise<T>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-bench-'));
  symlinkSync(path.join(rootDir, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const { code } = await esbuild.transform(readFileSync(HANDLER), { loader: 'ts', format: 'esm' });
  writeFileSync(path.join(folder, 'handler.mjs'), code);
  writeFileSync(path.join(folder, 'serverless.yml'), JSON.stringify(configuration(folder, options)));
  const args = ['--expose-gc', 'node_modules/serverless/bin/serverless.js', 'offline', 'start'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let joinedAt = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      // The beginning tells about the start, the end about errors; the lines in between would be many megabytes.
      if (joinedAt === 0 && String(data).includes('joined the group')) joinedAt = Date.now();
      log = log.length < 60_000 ? log + data : log.slice(0, 30_000) + String(data).slice(-30_000);
    });
  }
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await use({
      pid: child.pid ?? 0,
      folder,
      joinedAt: () => joinedAt,
      until: (look) => until(look, () => log),
    });
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function until<T>(look: (log: string) => T, readLog: () => string): Promise<NonNullable<T>> {
  const deadline = Date.now() + 600_000;
  while (Date.now() < deadline) {
    try {
      const found = look(readLog());
      if (found) return found;
    } catch {
      // not there yet
    }
    await sleep(50);
  }
  throw new Error(`waited for too long; the log says\n${readLog().slice(-2_000)}`);
}
