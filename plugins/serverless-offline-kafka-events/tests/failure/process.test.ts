import { describe, expect, test } from 'vitest';
import { batchesOf, expectDelivered, range } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { aProject, on, eventually, untilCommitted } = failureSuite();

async function aTopic(partitions = 1): Promise<string> {
  return eventually((client) => client.createTopic(randomName('process'), partitions));
}

describe.concurrent.each([
  { mode: 'in process', offline: { useInProcess: true } },
  { mode: 'in worker threads', offline: {} },
])('$mode', ({ offline }) => {
  test('SIGINT in the middle of a batch loses nothing: the batch is committed or delivered again', async () => {
    const topic = await aTopic();
    const project = aProject({ slow: { handler: 'handler.slow', events: on(topic) } }, { offline });
    await eventually((client) => client.produceValues(topic, range(0, 100)));
    await project.start();
    await project.waitFor('a batch in hand', () => project.calls('slow').length > project.calls('slow', 'end').length);

    expect(await project.stop('SIGINT')).toBe(0);
    await project.start();

    await untilCommitted(project, topic, 100);
    expectDelivered(project.values('slow', 'end'), range(0, 100));
    expectDelivered(project.values('slow'), range(0, 100), { repeats: 10 });
    expect(await project.stop()).toBe(0);
  });
});

test.concurrent('a process that is killed resumes with its uncommitted records', async () => {
  const topic = await aTopic();
  const project = aProject({ slow: { handler: 'handler.slow', events: on(topic) } });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 100)));
  await project.waitFor('some batches', () => project.calls('slow', 'end').length >= 3);

  await project.stop('SIGKILL');
  await project.start();

  await untilCommitted(project, topic, 100);
  expectDelivered(project.values('slow', 'end'), range(0, 100), { repeats: 10 });
  expect(await project.stop()).toBe(0);
});

test.concurrent('a process that is frozen for longer than its session continues at the group’s position', async () => {
  const topic = await aTopic();
  const functions = { slow: { handler: 'handler.slow', events: on(topic) } };
  const [frozen, other] = [aProject(functions), aProject(functions)];
  await frozen.start();
  await frozen.untilJoined(1);
  await eventually((client) => client.produceValues(topic, range(0, 200)));
  await frozen.waitFor('a batch', () => frozen.calls('slow', 'end').length >= 1);

  frozen.signal('SIGSTOP');
  await other.start();
  await other.waitFor('the other to take over', () => other.calls('slow', 'end').length >= 3, 120_000);
  frozen.signal('SIGCONT');

  await untilCommitted(other, topic, 200);
  const all = [...frozen.values('slow', 'end').flat(), ...other.values('slow', 'end').flat()];
  expect([...new Set(all)].sort((a, b) => Number(a) - Number(b))).toEqual(range(0, 200));
  // Each process keeps the order. Both handle what the frozen one runs until the broker tells it that it was removed, which takes as
  // long as the broker's answer, but none of them handles a record twice.
  for (const project of [frozen, other]) {
    const own = project.values('slow', 'end').flat().map(Number);
    expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
  }
  expect(await frozen.stop()).toBe(0);
  expect(await other.stop()).toBe(0);
});

/** A process under load, and a second one that joins it and then ends by the signal. */
async function shareTopic(signal: NodeJS.Signals) {
  const topic = await aTopic(4);
  const functions = { slow: { handler: 'handler.slow', events: on(topic) } };
  const [first, second] = [aProject(functions), aProject(functions)];
  const send = (from: number, to: number) =>
    eventually((client) =>
      client.produce(
        topic,
        [0, 1, 2, 3].flatMap((partition) => range(from, to).map((value) => ({ value, partition }))),
      ),
    );
  let sent = 0;
  /** Keeps both of them busy for a second or two. */
  const keepBusy = async () => {
    const taken = [first, second].flatMap((project) => project.calls('slow')).length * (10 / 4);
    if (sent > taken + 60) return;
    await send(sent, sent + 40);
    sent += 40;
  };
  await first.start();
  await first.waitFor('a batch', async () => {
    await keepBusy();
    return first.calls('slow', 'end').length >= 4;
  });

  await second.start();
  await second.waitFor(
    'its share',
    async () => {
      await keepBusy();
      return second.calls('slow', 'end').length >= 4;
    },
    120_000,
  );
  await second.stop(signal);

  for (const partition of [0, 1, 2, 3]) await untilCommitted(first, topic, sent, partition);
  const batches = [0, 1, 2, 3].map((partition) => batchesOf([first, second], 'slow', `${topic}-${partition}`, 'end'));
  expect(await first.stop()).toBe(0);
  return { batches, sent: range(0, sent) };
}

test.concurrent('two processes of one service share the partitions, join and leave under load, and lose nothing', async () => {
  const { batches, sent } = await shareTopic('SIGKILL');
  // The batch in hand when the second one is killed.
  for (const ofPartition of batches) expectDelivered(ofPartition, sent, { repeats: 10 });
});

test.concurrent('a process that joins and leaves cleanly causes no duplicate delivery', async () => {
  const { batches, sent } = await shareTopic('SIGTERM');
  for (const ofPartition of batches) expectDelivered(ofPartition, sent);
});

test.concurrent('a group with committed offsets ignores the starting position', async () => {
  const topics = { latest: await aTopic(), horizon: await aTopic() };
  for (const topic of Object.values(topics)) {
    await eventually((client) => client.produceValues(topic, range(0, 10)));
    await eventually(async (client) =>
      (await client.admin()).setOffsets({
        groupId: `group-${topic}`,
        topic,
        partitions: [{ partition: 0, offset: '4' }],
      }),
    );
  }
  const project = aProject({
    latest: { handler: 'handler.echo', events: on(topics.latest, { startingPosition: 'LATEST' }) },
    horizon: { handler: 'handler.echo', events: on(topics.horizon, { startingPosition: 'TRIM_HORIZON' }) },
  });

  await project.start();

  for (const topic of Object.values(topics)) await untilCommitted(project, topic, 10);
  expectDelivered(project.values('latest'), range(4, 10));
  expectDelivered(project.values('horizon'), range(4, 10));
  expect(await project.stop()).toBe(0);
});
