// Records per second and latency of the event source mapping, in one run beside a bare kafkajs consumer that commits
// once per batch. KAFKA_BROKERS must name a broker; the package must be built.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';

const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').filter(Boolean);
if (brokers.length === 0) throw new Error('KAFKA_BROKERS must name the broker to measure with');
const RECORDS = Number(process.env.RECORDS ?? 120_000);
const PARTITIONS = 3;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR });

/** @param {string} topic @param {number} count */
async function fill(topic, count) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let sent = 0; sent < count; sent += 5_000) {
    const messages = Array.from({ length: Math.min(5_000, count - sent) }, (_, i) => ({
      value: Buffer.alloc(200, 97),
      partition: (sent + i) % PARTITIONS,
    }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

/**
 * What anybody would write with kafkajs: handle a batch, commit, go on.
 * @param {string} topic @param {number} batchSize @returns {Promise<number>}
 */
async function bare(topic, batchSize) {
  const consumer = kafka.consumer({ groupId: `bare-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let count = 0;
  let firstAt = 0;
  /** @type {number} */
  const seconds = await new Promise((resolve) => {
    void consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: PARTITIONS,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        firstAt ||= performance.now();
        for (let from = 0; from < batch.messages.length; from += batchSize) {
          const messages = batch.messages.slice(from, from + batchSize);
          const last = messages.at(-1)?.offset ?? '0';
          count += messages.length;
          resolveOffset(last);
          await consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(BigInt(last) + 1n) }]);
          await heartbeat();
        }
        if (count >= RECORDS) resolve((performance.now() - firstAt) / 1_000);
      },
    });
  });
  await consumer.disconnect();
  return Math.round(RECORDS / seconds);
}

const HANDLER = `
import { writeFileSync } from 'node:fs';
let count = 0, firstAt = 0;
const latencies = [];
export async function consume(event) {
  firstAt ||= performance.now();
  for (const records of Object.values(event.records)) {
    count += records.length;
    if (process.env.MEASURE === 'latency') for (const record of records) latencies.push(Date.now() - record.timestamp);
  }
  if (count >= Number(process.env.EXPECTED)) {
    writeFileSync(process.env.RESULT, JSON.stringify({ seconds: (performance.now() - firstAt) / 1000, latencies }));
  }
}
`;

/**
 * @typedef {object} Running
 * @property {import('node:child_process').ChildProcess} child
 * @property {<T>(look: (log: string) => T) => Promise<NonNullable<T>>} until
 * @property {() => {seconds: number, latencies: number[]}} result
 */

/**
 * A real project, in a process of its own.
 * @template T
 * @param {{topic: string, batchSize: number, window?: number, env: Record<string, string>}} options
 * @param {(running: Running) => Promise<T>} use
 */
async function withProject({ topic, batchSize, window, env }, use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-bench-'));
  const result = path.join(folder, 'result.json');
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'handler.js'), HANDLER);
  const port = 20_000 + Math.floor(Math.random() * 8_000);
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    JSON.stringify({
      service: 'bench',
      provider: { name: 'aws', runtime: 'nodejs22.x', environment: { ...env, RESULT: result } },
      plugins: ['serverless-offline-kafka-events', 'serverless-offline'],
      custom: {
        'serverless-offline': { useInProcess: true, httpPort: port, lambdaPort: port + 1 },
        kafkaEvents: { brokers },
      },
      functions: {
        consume: {
          handler: 'handler.consume',
          events: [
            {
              kafka: {
                accessConfigurations: { vpcSubnet: ['subnet-0'], vpcSecurityGroup: ['sg-0'] },
                bootstrapServers: brokers,
                topic,
                batchSize,
                ...(window === undefined ? {} : { maximumBatchingWindow: window }),
                consumerGroupId: `plugin-${topic}`,
              },
            },
          ],
        },
      },
    }),
  );
  const child = spawn(process.execPath, ['node_modules/serverless/bin/serverless.js', 'offline', 'start'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      log += data;
    });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await use({
      child,
      until: (look) =>
        until(
          () => look(log),
          () => log,
        ),
      result: () => JSON.parse(readFileSync(result, 'utf8')),
    });
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @template T
 * @param {() => T} look @param {() => string} describe @returns {Promise<NonNullable<T>>}
 */
async function until(look, describe) {
  for (let i = 0; i < 1_200; i++) {
    try {
      const found = look();
      if (found) return found;
    } catch {
      // not there yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited for too long; the log says\n${describe().slice(-2_000)}`);
}

/** @param {string} topic @param {number} batchSize */
async function plugin(topic, batchSize) {
  return withProject({ topic, batchSize, env: { EXPECTED: String(RECORDS) } }, async ({ until, result }) => {
    const { seconds } = await until(() => result());
    return Math.round(RECORDS / seconds);
  });
}

/** @param {string} topic */
async function latency(topic) {
  const count = 300;
  await fill(topic, 0);
  return withProject(
    { topic, batchSize: 100, window: 0, env: { EXPECTED: String(count), MEASURE: 'latency' } },
    async ({ until, result }) => {
      await until((log) => log.includes('joined the group'));
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      for (let i = 0; i < count; i++) {
        await producer.send({ topic, messages: [{ value: Buffer.alloc(200, 97) }] });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await producer.disconnect();
      const sorted = (await until(() => result())).latencies.sort((a, b) => a - b);
      return { p50: sorted[Math.floor(count * 0.5)], p99: sorted[Math.floor(count * 0.99)] };
    },
  );
}

/**
 * Share of one core that an idle mapping takes, by what the process used over ten seconds.
 * @param {string} topic
 */
async function idle(topic) {
  await fill(topic, 0);
  return withProject({ topic, batchSize: 100, env: { EXPECTED: '1' } }, async ({ child, until }) => {
    await until((log) => log.includes('joined the group'));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const ticks = () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    };
    const before = ticks();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return `${((ticks() - before) / 10).toFixed(2)} %`;
  });
}

const id = () => `bench-${randomBytes(4).toString('hex')}`;
const only = process.argv[2];
for (const batchSize of [100, 1_000]) {
  if (only && only !== 'speed') continue;
  const topic = id();
  await fill(topic, RECORDS);
  const bareRate = await bare(topic, batchSize);
  const pluginRate = await plugin(topic, batchSize);
  console.log(
    JSON.stringify({ batchSize, bare: bareRate, plugin: pluginRate, ratio: +(pluginRate / bareRate).toFixed(2) }),
  );
}
if (!only || only === 'latency') console.log(JSON.stringify({ brokerToHandlerMs: await latency(id()) }));
if (!only || only === 'idle') console.log(JSON.stringify({ idleShareOfCore: await idle(id()) }));
