import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeRecordBatches } from '../../src/fetch/fetch-answer.ts';
import { makeCertificate, SCRAM_USER, scramUser, securedProperties } from './broker-security.ts';
import { waitFor } from './wait-for.ts';

const JAVA_PRODUCER = fileURLToPath(new URL('./JavaProducer.java', import.meta.url));
const CONSOLE_MEMBER = fileURLToPath(new URL('./ConsoleMember.java', import.meta.url));

/** One of several brokers that form a cluster. */
interface ClusterNode {
  readonly id: number;
  readonly port: number;
  readonly clusterId: string;
  readonly voters: string;
}

/** Three brokers; replicated offsets, so that another one takes a group over. */
export function threeBrokers(): [KafkaServer, KafkaServer, KafkaServer] {
  const clusterId = aClusterId();
  const [a, b, c] = [aPort(), aPort(), aPort()];
  const voters = [a, b, c].map((port, index) => `${index + 1}@127.0.0.1:${port + 1}`).join(',');
  const start = (id: number, port: number) => new KafkaServer({ node: { id, port, clusterId, voters } });
  return [start(1, a), start(2, b), start(3, c)];
}

/** An id that begins with '-' would be read as an option. */
function aClusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

/** A broker that tests stop, kill and freeze. KAFKA_LIBS names the folder with Kafka's jars. */
export class KafkaServer {
  readonly port: number;
  /** Port of the listener with TLS and passwords, if any. */
  readonly securedPort: number;
  /** Certificate that clients must trust. */
  readonly certificate: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-broker-'));
  #child: ChildProcess | null = null;

  constructor({ isSecured = false, node }: { isSecured?: boolean; node?: ClusterNode } = {}) {
    const port = node?.port ?? aPort();
    this.port = port;
    this.securedPort = isSecured ? aPort() : 0;
    this.certificate = isSecured ? makeCertificate(this.#folder) : '';
    const secured = isSecured ? `,SASL_SSL://localhost:${this.securedPort}` : '';
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': node?.id ?? 1,
      'controller.quorum.voters': node?.voters ?? `1@127.0.0.1:${port + 1}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}${secured}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${secured}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL',
      'log.dirs': path.join(this.#folder, 'data'),
      'offsets.topic.replication.factor': node === undefined ? 1 : 3,
      'offsets.topic.num.partitions': 2,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'group.initial.rebalance.delay.ms': 0,
      'auto.create.topics.enable': false,
      'log.cleaner.backoff.ms': 200,
      ...(isSecured ? securedProperties(this.#folder) : {}),
    };
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
    writeFileSync(path.join(this.#folder, 'server.properties'), lines.join('\n'));
    writeFileSync(
      path.join(this.#folder, 'log4j2.yaml'),
      'Configuration:\n  Appenders:\n    Console:\n      name: STDOUT\n  Loggers:\n    Root: {level: WARN, AppenderRef: [{ref: STDOUT}]}\n',
    );
    const id = node?.clusterId ?? aClusterId();
    const { username, password } = SCRAM_USER;
    const users = isSecured ? ['--add-scram', scramUser(username, password)] : [];
    this.#java(['kafka.tools.StorageTool', 'format', '-t', id, '-c', 'server.properties', ...users]);
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.port}`];
  }

  #jvm(): string[] {
    const libs = process.env.KAFKA_LIBS;
    if (libs === undefined) throw new Error('KAFKA_LIBS must name the folder with the jars of kafka_2.13');
    return ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-cp', `${libs}/*`, '-Dlog4j2.configurationFile=log4j2.yaml'];
  }

  #java(args: readonly string[]): void {
    execFileSync('java', [...this.#jvm(), ...args], { cwd: this.#folder, stdio: 'ignore' });
  }

  /** What partition 0 of a topic holds on disk: compaction cannot be seen from outside. */
  valuesOnDisk(topic: string): string[] {
    const folder = path.join(this.#folder, 'data', `${topic}-0`);
    const segments = readdirSync(folder).filter((file) => file.endsWith('.log'));
    return segments.sort().flatMap((file) => {
      const { records } = decodeRecordBatches(topic, 0, readFileSync(path.join(folder, file)), []);
      return records.map(({ value }) => String(value));
    });
  }

  /** Java's own producer, see JavaProducer.java. */
  async produceInJava(topic: string, ...args: readonly string[]): Promise<void> {
    await promisify(execFile)('java', [...this.#jvm(), JAVA_PRODUCER, `127.0.0.1:${this.port}`, topic, ...args], {
      cwd: this.#folder,
    });
  }

  /** Changes the password of a user. */
  changePassword(username: string, password: string): void {
    const config = `SCRAM-SHA-256=[password=${password}]`;
    const user = ['--entity-type', 'users', '--entity-name', username];
    const to = ['--bootstrap-server', `127.0.0.1:${this.port}`];
    this.#java(['kafka.admin.ConfigCommand', ...to, '--alter', '--add-config', config, ...user]);
  }

  async start(): Promise<void> {
    const log = openSync(path.join(this.#folder, 'broker.log'), 'a');
    this.#child = spawn('java', [...this.#jvm(), 'kafka.Kafka', 'server.properties'], {
      cwd: this.#folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const details = () => readFileSync(path.join(this.#folder, 'broker.log'), 'utf8').slice(-2_000);
    await waitFor('the broker', () => isOpen(this.port), { timeoutMs: 120_000, details });
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
    this.#child = null;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Java's own consumer. It prints the records that it receives. */
  consoleConsumer(topic: string, groupId: string): { readonly lines: () => string[]; stop(): Promise<void> } {
    const child = spawn('java', [...this.#jvm(), CONSOLE_MEMBER, `127.0.0.1:${this.port}`, topic, groupId], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
      });
    }
    return {
      lines: () => output.split('\n').filter((line) => line !== ''),
      async stop() {
        if (child.exitCode !== null) throw new Error(`the Java consumer ended by itself:\n${output}`);
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await exited;
      },
    };
  }

  async remove(): Promise<void> {
    this.thaw();
    await this.end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Below the range of outgoing connections. The controller takes the next one. */
function aPort(): number {
  const used = portsInUse();
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000) * 2;
    if (!used.has(port) && !used.has(port + 1)) return port;
  }
}

/** Linux lists them; elsewhere a collision is unlikely. */
function portsInUse(): Set<number> {
  const lists = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  const ports = lists.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^ *\d+: \w+:(\w{4})/gm)]);
  return new Set(ports.map(([, hex = '']) => Number.parseInt(hex, 16)));
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
