import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { startKafka } from '#tools/local/services/kafka.ts';
import { required } from './own-server.ts';

export interface KafkaCluster {
  /** Addresses of both brokers. */
  readonly brokers: string;
  /** Kills the second broker: the partitions that only it holds have no leader. */
  killSecond(): Promise<void>;
  startSecond(): Promise<void>;
  stop(): Promise<void>;
}

/** Two brokers; the first one is the controller, too. */
export async function startKafkaCluster(): Promise<KafkaCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-cluster-'));
  const guard = startGuard();
  const [first = 0, second = 0, controller = 0] = await freePorts(3);
  const java = required((await ensurePrograms(['kafka'])).java);
  const voters = `controller.quorum.voters=1@127.0.0.1:${controller}`;

  const start = async (id: number, port: number, options: string[]) => {
    const dir = path.join(folder, String(id));
    mkdirSync(dir, { recursive: true });
    const context = { dir, port, logFile: path.join(dir, 'log'), guard, isThrowAway: true };
    const { service, ready } = await startKafka({ ...context, options: [voters, ...options] }, java);
    await ready;
    return service;
  };
  const listeners = `listeners=PLAINTEXT://127.0.0.1:${first},CONTROLLER://127.0.0.1:${controller}`;
  const firstBroker = await start(1, first, [listeners]);
  const clusterOf = readFileSync(path.join(folder, '1/kafka/data/meta.properties'), 'utf8').match(/^cluster.id=.*$/m);
  mkdirSync(path.join(folder, '2/kafka/data'), { recursive: true });
  writeFileSync(path.join(folder, '2/kafka/data/meta.properties'), `version=1\nnode.id=2\n${clusterOf?.[0]}\n`);
  const startSecond = () =>
    start(2, second, ['process.roles=broker', 'node.id=2', `listeners=PLAINTEXT://127.0.0.1:${second}`]);
  let secondBroker = await startSecond();

  const kill = async ({ pid, exited }: typeof firstBroker): Promise<void> => {
    signalGroup(pid, 'SIGKILL');
    await exited;
  };
  const stop = async (): Promise<void> => {
    await Promise.all([kill(firstBroker), kill(secondBroker)]);
    await guard.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  let stopping: Promise<void> | undefined;
  return {
    brokers: `127.0.0.1:${first},127.0.0.1:${second}`,
    killSecond: () => kill(secondBroker),
    async startSecond() {
      secondBroker = await startSecond();
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
