import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { startKafka } from '#tools/local/services/kafka.ts';
import { startTarget, type Victim } from '../faults/target.ts';
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts';
import { withAdmin } from './kafka.ts';

/** A Kafka cluster that this run has started. */
export interface Brokers {
  /** all brokers, through their proxies where there are any */
  urls: string;
  directUrls: string;
  /** by node id */
  byId: ReadonlyMap<number, Victim>;
}

/**
 * Starts a broker, or several that form a cluster. Each advertises its proxy's port, so that no client and no other broker
 * bypasses it.
 */
export async function startBrokers(
  count: number,
  { dir, guard, java, isProxied }: { dir: string; guard: Guard; java: string; isProxied: boolean },
): Promise<Brokers> {
  const ports = await freePorts(3 * count);
  const nodes = Array.from({ length: count }, (_, index) => {
    const [port = 0, controllerPort = 0, frontPort = 0] = ports.slice(3 * index);
    return { id: index + 1, port, controllerPort, frontPort };
  });
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
  const startBroker = async ({ id, port, controllerPort, frontPort }: (typeof nodes)[number]): Promise<Victim> => {
    const name = `kafka-${id}`;
    const home = path.join(dir, name);
    mkdirSync(home, { recursive: true });
    const proxies: TcpProxy[] = isProxied
      ? [await startTcpProxy({ host: '127.0.0.1', port }, undefined, { port: frontPort })]
      : [];
    const context = { dir: home, port, logFile: path.join(dir, `${name}.log`), guard, isThrowAway: false };
    const node = { id, controllerPort, voters, replicas: count };
    const advertisedPort = isProxied ? frontPort : port;
    return { proxies, target: await startTarget(() => startKafka(context, { java }, { advertisedPort, node })) };
  };
  // A controller waits for the others: all start at once.
  const byId = new Map(await Promise.all(nodes.map(async (node) => [node.id, await startBroker(node)] as const)));
  const list = (portOf: (node: (typeof nodes)[number]) => number) =>
    nodes.map((node) => `127.0.0.1:${portOf(node)}`).join(',');
  const directUrls = list(({ port }) => port);
  return {
    urls: isProxied ? list(({ frontPort }) => frontPort) : directUrls,
    directUrls,
    byId,
  };
}

/** The broker that leads the first partition of a topic now. */
export async function leaderOf({ urls, byId }: Brokers, topic: string): Promise<Victim> {
  const { topics } = await withAdmin(urls, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
  const first = topics[0]?.partitions.find(({ partitionId }) => partitionId === 0);
  const leader = byId.get(first?.leader ?? -1);
  if (leader === undefined) throw new Error(`no broker of this run leads ${topic}`);
  return leader;
}
