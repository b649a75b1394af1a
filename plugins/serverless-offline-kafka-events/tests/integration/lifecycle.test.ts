import { afterAll, describe, expect, test, vi } from 'vitest';
import { brokersUnderTest, randomName, TestKafka } from '../helpers/kafka.ts';
import { kafkaEvent, OfflineProject, type ProjectOptions } from '../helpers/offline-project.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const brokers = brokersUnderTest();
const kafka = new TestKafka(brokers);
const projects: OfflineProject[] = [];

function aProject(options: Partial<ProjectOptions> & Pick<ProjectOptions, 'functions'>): OfflineProject {
  const kafkaEvents = { brokers, retryBackoff: { initialMs: 50, maximumMs: 200 } };
  const project = new OfflineProject({ kafkaEvents, offline: { useInProcess: true }, ...options });
  projects.push(project);
  return project;
}

async function aTopic(partitions = 1): Promise<string> {
  return kafka.createTopic(randomName('lifecycle'), partitions);
}

const committed = async (topic: string) => (await kafka.committed(`group-${topic}`, topic))[0];
const on = (topic: string, parts: object = {}) => [
  kafkaEvent(brokers, { topic, consumerGroupId: `group-${topic}`, ...parts }),
];

afterAll(async () => {
  await Promise.all(projects.map((project) => project.remove()));
  await kafka.close();
});

const modes = [
  {
    name: 'offline start, in process',
    command: ['offline', 'start'],
    offline: { useInProcess: true },
    signal: 'SIGTERM',
  },
  { name: 'offline, in process', command: ['offline'], offline: { useInProcess: true }, signal: 'SIGINT' },
  { name: 'offline start, worker threads', command: ['offline', 'start'], offline: {}, signal: 'SIGINT' },
] as const;

const partitionsOf = (project: OfflineProject) =>
  project
    .lines('joined the group')
    .flatMap(({ partitions }) => [partitions as number[]])
    .at(-1) ?? [];

// At the same time: each mostly waits for its own process.
describe.concurrent('a process', () => {
  describe.each(modes)('sls $name', ({ command, offline, signal }) => {
    test('stops without committing the batch in hand, leaves the group, and starts again with that batch', async () => {
      const [quick, stuck] = [await aTopic(), await aTopic()];
      const project = aProject({
        command,
        offline,
        functions: {
          quick: { handler: 'handler.echo', events: on(quick) },
          stuck: { handler: 'handler.gated', timeout: 30, events: on(stuck) },
        },
      });
      await kafka.produceValues(quick, ['1']);
      await kafka.produceValues(stuck, ['1', '2']);
      await project.start();
      await project.waitFor('the batch in hand', () => project.calls('stuck').length === 1);
      await project.waitFor('the commit', async () => (await committed(quick)) === 1);

      const stoppedAt = Date.now();
      const code = await project.stop(signal);

      expect(code).toBe(0);
      expect(Date.now() - stoppedAt).toBeLessThan(10_000);
      expect(await kafka.members(`group-${stuck}`)).toBe(0);
      expect(await committed(stuck)).toBeLessThanOrEqual(0);

      project.openGate();
      await project.start();
      await project.waitFor('the batch again', async () => (await committed(stuck)) === 2);
      expect(project.values('stuck', 'end').at(-1)).toEqual(['1', '2']);
      expect(project.values('quick')).toEqual([['1']]);
      expect(await project.stop()).toBe(0);
    });
  });

  test('a batch that ends while everything stops is committed', async () => {
    const topic = await aTopic();
    const project = aProject({ functions: { slow: { handler: 'handler.slow', events: on(topic) } } });
    await project.start();
    await project.untilJoined(1);
    await kafka.produceValues(topic, ['1']);
    await project.waitFor('the batch in hand', () => project.calls('slow').length === 1);

    expect(await project.stop()).toBe(0);

    expect(project.calls('slow', 'end')).toHaveLength(1);
    expect(await committed(topic)).toBe(1);
  });

  describe.each([
    { mode: 'in process', offline: { useInProcess: true } },
    { mode: 'in worker threads', offline: {} },
  ])('$mode', ({ offline }) => {
    test('a rebuild swaps the handlers; the batch in hand ends on the old code', async () => {
      const topic = await aTopic();
      const project = aProject({
        offline,
        functions: { gated: { handler: 'handler.gated', timeout: 20, events: on(topic) } },
      });
      await project.start();
      await project.untilJoined(1);
      await kafka.produceValues(topic, ['old']);
      await project.waitFor('the batch in hand', () => project.calls('gated').length === 1);

      const { HANDLERS } = await import('../helpers/project-files.ts');
      project.write('handler2.js', HANDLERS.replace('const code = 1', 'const code = 2'));
      await project.reload();
      await kafka.produceValues(topic, ['new']);
      project.openGate();

      await project.waitFor('both batches', async () => (await committed(topic)) === 2);
      expect(project.values('gated')).toEqual([['old'], ['new']]);
      expect(project.calls('gated', 'end').map(({ code }) => code)).toEqual([1, 2]);
    });
  });

  test('in worker threads a timeout ends the handler, and the batch is tried again', async () => {
    const topic = await aTopic();
    const project = aProject({
      offline: {},
      functions: { overtime: { handler: 'handler.overtime', timeout: 1, events: on(topic) } },
    });
    await kafka.produceValues(topic, ['1']);
    await project.start();
    // The worker is new after a timeout, so that its count starts over: each try is too slow.
    await project.waitFor('three tries', () => project.calls('overtime').length >= 3);
    expect(project.calls('overtime', 'end')).toEqual([]);
    expect(await committed(topic)).toBeLessThanOrEqual(0);
  });

  test('a handler that never ends brings the process down after twice its timeout, with nothing committed', async () => {
    const topic = await aTopic();
    const project = aProject({ functions: { forever: { handler: 'handler.forever', timeout: 1, events: on(topic) } } });
    await kafka.produceValues(topic, ['1']);
    await project.start();

    expect(await project.exitCode()).toBe(75);
    expect(project.calls('forever')).toHaveLength(1);
    expect(
      project.lines(
        'a handler still runs after twice its timeout: ending the process, so that it can be started again',
      ),
    ).toHaveLength(1);
    expect(await committed(topic)).toBeLessThanOrEqual(0);
  });

  test('two processes share a group, and the one that is left takes over', async () => {
    const topic = await aTopic(4);
    const functions = { echo: { handler: 'handler.echo', events: on(topic) } };
    const [first, second] = [aProject({ functions }), aProject({ functions })];
    await first.start();
    await first.untilJoined(1);
    await second.start();
    await second.untilJoined(1);
    await first.waitFor('its half', () => partitionsOf(first).length === 2);
    for (const partition of [0, 1, 2, 3]) await kafka.produceValues(topic, [`a${partition}`], partition);
    const handled = () => [...first.values('echo').flat(), ...second.values('echo').flat()].sort();
    await first.waitFor('all four', () => handled().length === 4);
    expect(handled()).toEqual(['a0', 'a1', 'a2', 'a3']);
    expect(first.values('echo').flat()).toHaveLength(2);

    await second.stop();
    for (const partition of [0, 1, 2, 3]) await kafka.produceValues(topic, [`b${partition}`], partition);
    await first.waitFor('the rest', () => first.values('echo').flat().length === 6);
    expect(handled()).toHaveLength(8);
  });

  describe('sls package', () => {
    const event = (parts: object) => ({ consume: { handler: 'handler.echo', events: on('orders', parts) } });

    test('writes what the framework leaves out', async () => {
      const project = aProject({
        command: ['package'],
        functions: event({
          functionResponseType: 'ReportBatchItemFailures',
          maximumRetryAttempts: 3,
          maximumRecordAgeInSeconds: 120,
          bisectBatchOnFunctionError: true,
          onFailureDestination: 'kafka://letters',
          provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 2 },
        }),
      });
      await project.start();
      expect(await project.exitCode(), project.log).toBe(0);
      const template = JSON.parse(project.read('.serverless/cloudformation-template-update-stack.json'));
      expect(template.Resources.ConsumeEventSourceMappingKafkaOrders.Properties).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 3,
        MaximumRecordAgeInSeconds: 120,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: 'kafka://letters' } },
        MaximumBatchingWindowInSeconds: 0,
      });
    });

    test('refuses what AWS would refuse, and names the property', async () => {
      const project = aProject({ command: ['package'], functions: event({ maximumRetryAttempts: 3 }) });
      await project.start();
      expect(await project.exitCode()).toBe(1);
      expect(project.log).toContain(
        'functions.consume.events.kafka.maximumRetryAttempts: needs provisionedPollerConfig',
      );
    });
  });

  test('a plugin that is listed after serverless-offline is warned about, and still works', async () => {
    const topic = await aTopic();
    const project = aProject({
      plugins: ['serverless-offline', 'serverless-offline-kafka-events'],
      functions: { echo: { handler: 'handler.echo', events: on(topic) } },
    });
    await kafka.produceValues(topic, ['1']);
    await project.start();
    await project.waitFor('the record', () => project.values('echo').length === 1);
    expect(
      project.lines('serverless-offline-kafka-events is listed after serverless-offline; list it before it'),
    ).toHaveLength(1);
  });
});
