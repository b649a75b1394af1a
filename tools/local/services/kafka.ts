import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kafkaLibDir } from '#tools/paths.ts';
import { freePorts } from '../process/ports.ts';
import { output } from './commands.ts';
import { type ClusterNode, logSettings, serverProperties } from './kafka-config.ts';
import { probes } from './probes.ts';
import { copyTemplate, type ServiceContext, type StartedService, startService } from './service.ts';

const clusterId = 'bG9jYWwtcmVnaXN0cmF0aQ';

/** A broker that is a cluster by itself. */
function onlyNode(controllerPort: number, id: number = 1): ClusterNode {
  return { id, controllerPort, voters: `${id}@127.0.0.1:${controllerPort}`, replicas: 1 };
}

/**
 * @param listener advertisedPort: the port that clients connect to, where it is a proxy's; node: where it is one of several
 * brokers
 */
export async function startKafka(
  context: ServiceContext,
  { java }: { java: string },
  { advertisedPort = context.port, node: given }: { advertisedPort?: number; node?: ClusterNode } = {},
): Promise<StartedService> {
  const { dir, port, options = [] } = context;
  const home = path.join(dir, 'kafka');
  const dataDir = path.join(home, 'data');
  const [controllerPort = 0] = await freePorts(1);
  const node = given ?? onlyNode(controllerPort);
  const name = node.id === 1 ? 'kafka' : `kafka-${node.id}`;
  await copyTemplate(dataDir, { name, marker: 'meta.properties', create: (folder) => format(folder, node.id, java) });
  const properties = serverProperties({ port, advertisedPort, node, dataDir });
  writeFileSync(path.join(home, 'server.properties'), [properties, ...options].join('\n'));
  writeFileSync(path.join(home, 'log4j2.yaml'), logSettings);
  const log = '-Dlog4j2.configurationFile=log4j2.yaml';
  const args = [...jvmOptions, log, '-cp', classPath(), 'kafka.Kafka', `${home}/server.properties`];
  const command = { name: 'Kafka', file: java, args, cwd: home };
  return startService(context, command, { isReady: () => probes.kafka(port), timeoutMs: 90_000 });
}

/** Runs one of Kafka's own tools. */
export function runKafkaTool(java: string, mainClass: string, args: string[]): Promise<string> {
  return output(java, [...jvmOptions, '-cp', classPath(), mainClass, ...args]);
}

const jvmOptions = [
  '-Xmx512m',
  '-Xms128m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Xlog:disable',
  '-Xlog:all=error:stderr',
];

function classPath() {
  return readdirSync(kafkaLibDir)
    .filter((file) => file.endsWith('.jar'))
    .sort()
    .map((file) => path.join(kafkaLibDir, file))
    .join(':');
}

/** Formats an empty storage folder. */
function format(folder: string, id: number, java: string) {
  const config = `${folder}.properties`;
  writeFileSync(config, serverProperties({ port: 9092, node: onlyNode(9093, id), dataDir: folder }));
  return runKafkaTool(java, 'kafka.tools.StorageTool', ['format', '-t', clusterId, '-c', config]);
}
