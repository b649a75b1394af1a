/** One of several brokers that form a cluster. */
export interface ClusterNode {
  id: number;
  controllerPort: number;
  /** all controllers, as in controller.quorum.voters */
  voters: string;
  /** how many brokers keep the offsets of consumer groups */
  replicas: number;
}

/**
 * A broker and controller.
 * @param options advertisedPort: of a proxy in front of the broker
 * @returns server.properties
 */
export function serverProperties({
  port,
  advertisedPort = port,
  node: { id, controllerPort, voters, replicas },
  dataDir,
}: {
  port: number;
  advertisedPort?: number;
  node: ClusterNode;
  dataDir: string;
}): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': dataDir,
    'num.partitions': 3,
    'auto.create.topics.enable': false,
    'log.retention.hours': 168,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // A killed broker may register again only once its former session has expired: by default after 9 s.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 500,
    'controlled.shutdown.max.retries': 1,
  };
  return `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

/** log4j2.yaml: warnings only. */
export const logSettings = `Configuration:
  Appenders:
    Console:
      name: STDOUT
      PatternLayout: { pattern: "%d %p %m (%c)%n" }
  Loggers:
    Root: { level: WARN, AppenderRef: [{ ref: STDOUT }] }
`;
