import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { brokersUnderTest, randomName, TestKafka } from '../helpers/kafka.ts';
import { findNodeModules, PACKAGE } from '../helpers/node-modules.ts';
import { type PackedPackage, packPackage } from '../helpers/packed-package.ts';
import { RunningService } from '../helpers/running-service.ts';
import { AVRO_SCHEMA, avroOrder, confluentPrefix, SchemaRegistry } from '../helpers/schema-registry.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const run = promisify(execFile);
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'kafka-events-packed-')));
const app = path.join(root, 'app');
const kafka = new TestKafka(brokersUnderTest());
const topic = randomName('packed');
let packed: PackedPackage;

/** Installs what the registry would: the package, its dependencies and its peers. */
async function install(tarball: string): Promise<void> {
  const installed = path.join(app, 'node_modules/serverless-offline-kafka-events');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  mkdirSync(path.join(app, 'node_modules/@types'));
  const { dependencies } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
  const peers = ['serverless', 'serverless-offline', '@types/node', '@aws-lambda-powertools', 'avro-js'];
  for (const name of [...Object.keys(dependencies), ...peers]) {
    symlinkSync(path.join(findNodeModules(), name), path.join(app, 'node_modules', name));
  }
}

/** The quick start of the README, with a topic of our own. */
function writeQuickStart(): void {
  const readme = readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';
  const yaml = block('yaml').replace('topic: orders', `topic: ${topic}`).replace('Id: mail', `Id: group-${topic}`);
  expect(yaml).toContain(`topic: ${topic}, consumerGroupId: group-${topic}`);
  writeFileSync(path.join(app, 'serverless.yml'), yaml);
  writeFileSync(path.join(app, 'mail.mjs'), block('js'));
}

beforeAll(async () => {
  await kafka.createTopic(topic);
  packed = await packPackage(root);
  await install(packed.tarball);
  writeQuickStart();
});

afterAll(async () => {
  await kafka.close();
  rmSync(root, { recursive: true, force: true });
});

test('the tarball holds the bundle, the types and the documents, and nothing else', () => {
  const documents = packed.files.filter((file) => !file.startsWith('dist/'));
  const dist = packed.files.filter((file) => file.startsWith('dist/'));
  expect(documents.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'docs/configuration.md',
    'docs/features.md',
    'docs/speed.md',
    'docs/why.md',
    'package.json',
    'types.d.ts',
  ]);
  const isBundle = (file: string) => !file.startsWith('dist/chunks/');
  expect(dist.filter(isBundle).sort()).toEqual([
    'dist/handler-thread.js',
    'dist/handler-thread.js.map',
    'dist/index.js',
    'dist/index.js.map',
  ]);
});

test('the package can be published', async () => {
  // A registry that answers nothing: a dry run needs none. What prepack builds is there since the package was packed.
  const options = ['--registry', 'http://127.0.0.1:9/', '--fetch-retries', '0', '--ignore-scripts'];
  const { stdout, stderr } = await run('npm', ['publish', '--dry-run', ...options], { cwd: packed.source });
  expect(`${stdout}${stderr}`).toMatch(/^\+ serverless-offline-kafka-events@\d+\.\d+\.\d+$/m);
});

test('the README’s quick start runs from the tarball in a project of its own', async () => {
  const ports = ['--httpPort', String(await freePort()), '--lambdaPort', String(await freePort())];
  const env = { KAFKA_BROKERS: brokersUnderTest().join(',') };
  const service = new RunningService(app, env, ['offline', 'start', ...ports]);
  try {
    await kafka.produceValues(topic, ['hello']);
    await service.waitFor('the record', () => service.log.includes(Buffer.from('hello').toString('base64')));
    await service.waitFor('the commit', async () => (await kafka.committed(`group-${topic}`, topic))[0] === 1);
    expect(await service.stop('SIGTERM')).toBe(0);
  } finally {
    if (service.isRunning) await service.stop('SIGKILL');
  }
});

test('the types compile in a project of its own', async () => {
  const consumer = `
    import KafkaEvents, { type LambdaKafkaEvent, type MappingMetrics, readMetrics } from 'serverless-offline-kafka-events';
    export function keys(event: LambdaKafkaEvent): (string | undefined)[] {
      return Object.values(event.records).flatMap((records) => records.map((record) => record.key));
    }
    const [first]: MappingMetrics[] = readMetrics();
    export const polled: number | undefined = first?.values.PolledEventCount;
    export const hooks: readonly string[] = Object.keys(KafkaEvents.prototype.hooks);
    // @ts-expect-error there is no such figure
    export const wrong = first?.values.polledEvents;
  `;
  writeFileSync(path.join(app, 'consumer.mts'), consumer);
  const tsc = path.join(findNodeModules(), 'typescript/bin/tsc');
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--types', 'node'];
  const args = [tsc, '--noEmit', '--module', 'NodeNext', '--target', 'ES2022', ...strict, 'consumer.mts'];
  await expect(run(process.execPath, args, { cwd: app })).resolves.toMatchObject({ stdout: '' });
});

describe('in a project of its own', () => {
  const registry = new SchemaRegistry();
  const name = { typed: randomName('typed'), avro: randomName('avro') };

  beforeAll(async () => {
    await registry.start();
    registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA });
    await Promise.all(Object.values(name).map((one) => kafka.createTopic(one)));
  });
  afterAll(() => registry.close());

  /** TypeScript, built with esbuild as such a project does. */
  async function writeProject(folder: string): Promise<void> {
    mkdirSync(folder);
    symlinkSync(path.join(app, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      path.join(folder, 'typed.ts'),
      `import type { LambdaKafkaEvent } from 'serverless-offline-kafka-events';
       import { kafkaConsumer, SchemaType } from '@aws-lambda-powertools/kafka';
       export const typed = async (event: LambdaKafkaEvent): Promise<void> => {
         for (const record of Object.values(event.records).flat()) console.log('typed', record.value);
       };
       export const avro = kafkaConsumer(async (event) => {
         for (const { value } of event.records) console.log('avro', JSON.stringify(value));
       }, { value: { type: SchemaType.AVRO, schema: ${JSON.stringify(AVRO_SCHEMA)} } });`,
    );
    await esbuild({
      absWorkingDir: folder,
      entryPoints: ['typed.ts'],
      outfile: 'built/typed.js',
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    const kafkaOf = (topic: string, parts: object = {}) => ({
      kafka: {
        topic,
        consumerGroupId: `group-${topic}`,
        bootstrapServers: brokersUnderTest(),
        accessConfigurations: { vpcSubnet: ['subnet-1'], vpcSecurityGroup: ['sg-1'] },
        ...parts,
      },
    });
    const schemaRegistryConfig = {
      schemaRegistryURI: registry.url,
      eventRecordFormat: 'SOURCE',
      schemaValidationConfigs: [{ attribute: 'VALUE' }],
    };
    const provisioned = { provisionedPollers: { min: 1 }, schemaRegistryConfig };
    const service = {
      service: 'foreign',
      provider: { name: 'aws', runtime: 'nodejs22.x', timeout: 30 },
      plugins: ['serverless-offline-kafka-events', 'serverless-offline'],
      functions: {
        typed: { handler: 'built/typed.typed', events: [kafkaOf(name.typed)] },
        avro: { handler: 'built/typed.avro', events: [kafkaOf(name.avro, provisioned)] },
      },
    };
    writeFileSync(path.join(folder, 'serverless.yml'), JSON.stringify(service));
  }

  test('TypeScript built with esbuild, and a Powertools Avro consumer, run from the tarball', async () => {
    const folder = path.join(root, 'foreign');
    await writeProject(folder);
    const ports = ['--httpPort', String(await freePort()), '--lambdaPort', String(await freePort())];
    const service = new RunningService(folder, {}, ['offline', 'start', ...ports]);
    try {
      await kafka.produceValues(name.typed, ['hello']);
      const value = Buffer.concat([confluentPrefix(1), avroOrder(7, 'paid')]);
      await kafka.produce(name.avro, [{ value, partition: 0 }]);
      await service.waitFor('the typed handler', () =>
        service.log.includes(`typed ${Buffer.from('hello').toString('base64')}`),
      );
      await service.waitFor('the Avro handler', () => /avro \{"id":7,"status":"paid"/.test(service.log));
      expect(await service.stop('SIGTERM')).toBe(0);
    } finally {
      if (service.isRunning) await service.stop('SIGKILL');
    }
  });
});
