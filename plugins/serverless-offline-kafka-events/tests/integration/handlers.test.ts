import { describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import { HANDLERS } from '../helpers/project-files.ts';

const { kafka, aProject, on, committed } = integrationSuite();
function aTopic() {
  return kafka.createTopic(randomName('handlers'));
}

describe.concurrent.each([
  { mode: 'in process', offline: { useInProcess: true } },
  { mode: 'in worker threads', offline: {} },
])('$mode', ({ offline }) => {
  test('a rebuild swaps the handlers; the running batch ends on the old code', async () => {
    const topic = await aTopic();
    const project = aProject({
      offline,
      functions: { gated: { handler: 'handler.gated', timeout: 20, events: on(topic) } },
    });
    await project.start();
    await project.untilJoined(1);
    await kafka.produceValues(topic, ['old']);
    await project.waitFor('the batch in hand', () => project.calls('gated').length === 1);

    project.write('handler2.js', HANDLERS.replace('const code = 1', 'const code = 2'));
    await project.reload();
    await kafka.produceValues(topic, ['new']);
    project.openGate();

    await project.waitFor('both batches', async () => (await committed(topic)) === 2);
    expect(project.values('gated')).toEqual([['old'], ['new']]);
    expect(project.calls('gated', 'end').map(({ code }) => code)).toEqual([1, 2]);
  });
});

test.concurrent('in worker threads a timeout ends the handler, and the batch is retried', async () => {
  const topic = await aTopic();
  const project = aProject({
    offline: {},
    // The start of a thread counts towards the timeout: on a busy machine a second would not always do.
    functions: { forever: { handler: 'handler.forever', timeout: 4, events: on(topic) } },
  });
  await kafka.produceValues(topic, ['1']);
  await project.start();
  await project.waitFor('the next try', () => project.calls('forever').length >= 2);
  expect(project.calls('forever', 'end')).toEqual([]);
  expect(await committed(topic)).toBeLessThanOrEqual(0);
});

test.concurrent('a handler that never ends ends the process after twice its timeout, with nothing committed', async () => {
  const topic = await aTopic();
  const project = aProject({ functions: { forever: { handler: 'handler.forever', timeout: 1, events: on(topic) } } });
  await kafka.produceValues(topic, ['1']);
  await project.start();

  expect(await project.exitCode()).toBe(75);
  expect(project.calls('forever')).toHaveLength(1);
  expect(
    project.lines(
      'a handler still runs after twice its timeout: exiting, so that a supervisor can restart the process',
    ),
  ).toHaveLength(1);
  expect(await committed(topic)).toBeLessThanOrEqual(0);
});
