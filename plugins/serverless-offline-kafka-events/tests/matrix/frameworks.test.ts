import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import { randomName, TestKafka } from '../helpers/kafka.ts';
import { KafkaServer } from '../helpers/kafka-server.ts';
import { packPackage } from '../helpers/packed-package.ts';
import { RunningService } from '../helpers/running-service.ts';
import { kafkaEvent } from '../helpers/service-configuration.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const run = promisify(execFile);
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'kafka-events-matrix-')));
const server = new KafkaServer();
const kafka = new TestKafka(server.brokers);
let tarball: string;

/** Fails at the first batch. */
const HANDLER = `
let calls = 0;
exports.consume = async (event) => {
  calls += 1;
  if (calls === 1) throw new Error('not yet');
  for (const record of Object.values(event.records).flat()) console.log('received ' + Buffer.from(record.value, 'base64'));
};
`;

/** Installs a framework and the packed plugin from the registry, as a project does. */
async function aProject(name: string, packages: readonly string[]): Promise<string> {
  const folder = path.join(root, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  writeFileSync(path.join(folder, 'handler.js'), HANDLER);
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts=false'];
  await run('npm', ['install', ...options, ...packages, tarball], { cwd: folder });
  return folder;
}

function writeService(folder: string, topic: string, offline: object): void {
  const event = kafkaEvent(server.brokers, {
    topic,
    consumerGroupId: `group-${topic}`,
    maximumRetryAttempts: 5,
    provisionedPollerConfig: { minimumPollers: 1 },
  });
  const service = {
    service: 'matrix',
    configValidationMode: 'error',
    provider: { name: 'aws', runtime: 'nodejs20.x' },
    plugins: ['serverless-offline-kafka-events', 'serverless-offline'],
    package: { excludeDevDependencies: false, patterns: ['!**', 'handler.js'] },
    custom: { 'serverless-offline': offline, kafkaEvents: { logFormat: 'text', retryBackoff: { initialMs: 50 } } },
    functions: { consume: { handler: 'handler.consume', events: [event] } },
  };
  writeFileSync(path.join(folder, 'serverless.yml'), JSON.stringify(service));
}

beforeAll(async () => {
  [{ tarball }] = await Promise.all([packPackage(root), server.start()]);
});
afterAll(async () => {
  await kafka.close();
  await server.remove();
  rmSync(root, { recursive: true, force: true });
});

describe.each([
  { framework: 'osls 4', packages: ['serverless@npm:osls@4', 'serverless-offline@14'] },
  { framework: 'osls 3', packages: ['serverless@npm:osls@3', 'serverless-offline@13'] },
])('$framework', ({ framework, packages }) => {
  let folder: string;

  beforeAll(async () => {
    folder = await aProject(framework.replace(' ', '-'), packages);
  });

  test.each([
    { mode: 'in process', offline: { useInProcess: true } },
    { mode: 'in worker threads', offline: {} },
  ])('$mode: a batch that failed is retried, committed, and not delivered again', async ({ offline }) => {
    const topic = await kafka.createTopic(randomName('matrix'));
    writeService(folder, topic, { ...offline, httpPort: await freePort(), lambdaPort: await freePort() });
    await kafka.produceValues(topic, ['hello']);
    const service = new RunningService(folder);
    try {
      await service.waitFor('the commit', async () => (await kafka.committed(`group-${topic}`, topic))[0] === 1);
      expect(service.log.match(/received hello/g)).toHaveLength(1);
      expect(service.log).toMatch(/invocation .*attempt=1, outcome=failure/);
      expect(await service.stop('SIGTERM')).toBe(0);
    } finally {
      if (service.isRunning) await service.stop('SIGKILL');
    }
  });

  test('the deployed template has the properties that the framework omits', async () => {
    writeService(folder, 'orders', {});
    await run(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package'], { cwd: folder });
    const template = readFileSync(path.join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
    expect(JSON.parse(template).Resources.ConsumeEventSourceMappingKafkaOrders.Properties).toMatchObject({
      MaximumRetryAttempts: 5,
      MaximumBatchingWindowInSeconds: 0,
      ProvisionedPollerConfig: { MinimumPollers: 1 },
    });
  });
});

test('Serverless 4 is installed with the plugin, and does nothing without its download and a login', async () => {
  const folder = await aProject('serverless-4', ['serverless@4', 'serverless-offline@14']);
  writeService(folder, 'orders', {});
  const env = { PATH: process.env.PATH, HOME: folder, SLS_INTERACTIVE_SETUP_ENABLE: '0', CI: '1' };
  const failure = await run(process.execPath, ['node_modules/serverless/run.js', 'package'], { cwd: folder, env }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
  expect(failure).toMatch(/could not download|log ?in|access key|license/i);
});
