import { expect, test } from 'vitest';
import { expectDelivered } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { aProject, on, eventually, untilCommitted } = failureSuite();

test('a destination that cannot be written blocks the commit until it can be', async () => {
  const [topic, letters] = [randomName('blocked'), randomName('letters')];
  await eventually((client) => client.createTopic(topic));
  const project = aProject({
    poison: {
      handler: 'handler.poison',
      events: on(topic, {
        batchSize: 1,
        maximumRetryAttempts: 0,
        onFailureDestination: `kafka://${letters}`,
        provisionedPollerConfig: { maximumPollers: 1 },
      }),
    },
  });
  await project.start();
  await project.untilJoined(1);
  await eventually((client) => client.produceValues(topic, ['poison', 'good']));
  const blocked = 'the failure destination cannot be written: nothing is committed until a retry succeeds';
  await project.waitFor('two tries', () => project.lines(blocked).length >= 2, 30_000);
  expect((await eventually((client) => client.committed(`group-${topic}`, topic)))[0]).toBeLessThanOrEqual(0);
  expect(project.values('poison')).toEqual([['poison']]);

  await eventually((client) => client.createTopic(letters));

  await untilCommitted(project, topic, 2);
  expectDelivered(project.values('poison'), ['poison', 'good']);
  const written = await eventually(async (client) => {
    const seen = await client.tap(letters);
    await project.waitFor('the dead letter', () => seen.length > 0);
    return seen.length;
  });
  expect(written).toBe(1);
  expect(await project.stop()).toBe(0);
});
