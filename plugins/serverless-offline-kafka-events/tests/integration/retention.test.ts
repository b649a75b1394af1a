import { expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';

const { kafka, aProject, on, committed, untilCommitted } = integrationSuite();
const gone = 'records were deleted before they were read: continuing with the oldest record left';

function upTo(count: number) {
  return Array.from({ length: count }, (_, offset) => offset);
}
function aTopic() {
  return kafka.createTopic(randomName('retention'));
}

function offsets(project: OfflineProject) {
  return project
    .calls('held', 'end')
    .flatMap(({ event }) => Object.values(event.records).flatMap((records) => records.map(({ offset }) => offset)));
}

/** Deletes records as retention does. */
async function deleteBelow(topic: string, offset: number): Promise<void> {
  const admin = await kafka.admin();
  // kafkajs looks the leader up in what it has cached.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
}

/** A project whose handler holds its batch until the gate opens. */
async function aHeldProject(topic: string, parts: object = {}): Promise<OfflineProject> {
  const functions = {
    held: { handler: 'handler.gatedOffsets', timeout: 60, events: on(topic, { batchSize: 2, ...parts }) },
  };
  const project = aProject({ functions, kafkaEvents: { metricsPort: 0 } });
  await project.start();
  await project.untilJoined(1);
  return project;
}

async function polledEvents(project: OfflineProject): Promise<number> {
  const [line] = project.lines('metrics are served');
  const text = await (await fetch(String(line?.url))).text();
  return Number(/^kafka_events_polled_event_count_total\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
}

test.concurrent('records that the broker deletes while they are queued are still delivered, after a rebalance too', async () => {
  const topic = await kafka.createTopic(randomName('retention'), 2);
  const project = await aHeldProject(topic);
  await kafka.produceValues(topic, upTo(9).map(String));
  await project.waitFor('all of them here', async () => (await polledEvents(project)) === 9);

  await deleteBelow(topic, 9);
  // It takes partition 1: the assignor sorts the members by their names.
  const joined = kafka.joinGroup(`group-${topic}`, topic);
  const rebalancing = 'the group is rebalancing: finishing the batches in hand before joining again';
  await project.waitFor('the rebalance', () => project.lines(rebalancing).length >= 1);
  project.openGate();
  await joined;
  await project.untilJoined(2);
  expect(project.lines('joined the group').at(-1)).toMatchObject({ partitions: [0] });

  await untilCommitted(project, topic, 9);
  expect([...new Set(offsets(project))]).toEqual(upTo(9));
});

test.concurrent('records deleted before they were polled are reported as lost, polled ones are delivered, and only offsets are committed', async () => {
  const topic = await aTopic();
  const project = await aHeldProject(topic, { startingPosition: 'LATEST' });
  await project.waitFor('the first position', async () => (await committed(topic)) === 0);
  // More than is polled ahead.
  for (const value of upTo(20)) {
    await kafka.produce(topic, [{ value: Buffer.alloc(900_000, value), partition: 0 }]);
  }
  const polled = await project.waitFor('polling to pause', async () => {
    const before = await polledEvents(project);
    await kafka.members(`group-${topic}`);
    return before > 4 && before < 20 && (await polledEvents(project)) === before ? before : null;
  });

  await deleteBelow(topic, 20);
  project.openGate();
  await project.waitFor('a clear line', () => project.lines(gone).length > 0);
  expect(project.lines(gone)).toMatchObject([{ topic, partition: 0, lostOffsets: [polled, 19], nextOffset: 20 }]);
  expect(await committed(topic)).toBeGreaterThanOrEqual(0);
  await kafka.produceValues(topic, ['new']);

  await untilCommitted(project, topic, 21);
  expect(offsets(project).slice(0, polled)).toEqual(upTo(polled));
  expect(offsets(project).at(-1)).toBe(20);
  expect(new Set(offsets(project)).size).toBe(offsets(project).length);
});

test.concurrent('records deleted while no process ran are reported as lost at the start', async () => {
  const topic = await aTopic();
  await kafka.produceValues(topic, upTo(9).map(String));
  await kafka.commit(`group-${topic}`, topic, 0, 2);
  await deleteBelow(topic, 5);

  const project = await aHeldProject(topic);
  project.openGate();
  await untilCommitted(project, topic, 9);

  expect(offsets(project)).toEqual([5, 6, 7, 8]);
  expect(project.lines(gone)).toMatchObject([{ topic, partition: 0, lostOffsets: [2, 4], nextOffset: 5 }]);
});
