import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { kafkaLibDir, templateDir } from '#tools/paths.ts';
import { startProcess, waitUntilReady } from '../process/managed-process.ts';
import { freePorts, probe } from '../process/ports.ts';
import { output } from './commands.ts';
import { logSettings, serverProperties } from './kafka-config.ts';
import type { ServiceContext } from './service.ts';

const clusterId = 'bG9jYWwtcmVnaXN0cmF0aQ';

/** @param options where clients find it when that is not its own port */
export async function startKafka(
  { dir, port, logFile, pidFile, guard, options = [] }: ServiceContext,
  { java }: { java: string },
  { advertisedPort = port }: { advertisedPort?: number } = {},
) {
  const home = path.join(dir, 'kafka');
  await prepareData(path.join(home, 'data'), java);
  const [controllerPort = 0] = await freePorts(1);
  writeFileSync(
    path.join(home, 'server.properties'),
    [serverProperties({ port, advertisedPort, controllerPort, dataDir: path.join(home, 'data') }), ...options].join(
      '\n',
    ),
  );
  writeFileSync(path.join(home, 'log4j2.yaml'), logSettings);
  const service = startProcess(
    {
      name: 'Kafka',
      file: java,
      args: [
        ...jvmOptions(),
        '-Dlog4j2.configurationFile=log4j2.yaml',
        '-cp',
        classPath(),
        'kafka.Kafka',
        `${home}/server.properties`,
      ],
      cwd: home,
      logFile,
      ...(pidFile === undefined ? {} : { pidFile }),
    },
    guard,
  );
  return { service, ready: waitUntilReady(service, { isReady: () => hasBroker(port), timeoutMs: 90_000, logFile }) };
}

/** Runs one of Kafka's own tools. */
export function runKafkaTool(java: string, mainClass: string, args: string[]) {
  return output(java, [...jvmOptions(), '-cp', classPath(), mainClass, ...args]);
}

function jvmOptions() {
  return [
    '-Xmx512m',
    '-Xms128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-Xlog:disable',
    '-Xlog:all=error:stderr',
  ];
}

function classPath() {
  return readdirSync(kafkaLibDir)
    .filter((file) => file.endsWith('.jar'))
    .sort()
    .map((file) => path.join(kafkaLibDir, file))
    .join(':');
}

/** A metadata request, version 0: answered with at least one broker once the broker takes part. */
function hasBroker(port: number) {
  const send = Buffer.from([0, 0, 0, 14, 0, 3, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);
  return probe(port, { send, isAnswer: (data) => data.length >= 12 && data.readInt32BE(8) > 0 });
}

/** Lays a formatted, empty storage folder, once for all: the first is kept as a template. */
async function prepareData(data: string, java: string) {
  if (existsSync(path.join(data, 'meta.properties'))) return;
  const template = path.join(templateDir, 'kafka');
  await withLock(path.join(templateDir, 'kafka.lock'), async () => {
    if (existsSync(template)) return;
    const work = `${template}.unfinished`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const config = path.join(templateDir, 'kafka-format.properties');
    writeFileSync(config, serverProperties({ port: 9092, controllerPort: 9093, dataDir: work }));
    await runKafkaTool(java, 'kafka.tools.StorageTool', ['format', '-t', clusterId, '-c', config]);
    renameSync(work, template);
  });
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(path.dirname(data), { recursive: true });
  cpSync(template, unfinished, { recursive: true });
  renameSync(unfinished, data);
}
