import { describe, expect, test } from 'vitest';
import { expectDelivered, range } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';

const { aProject, on, eventually, untilCommitted } = failureSuite();
const IN_PROCESS = { mode: 'in process', offline: { useInProcess: true } };
const IN_WORKERS = { mode: 'in worker threads', offline: {} };

async function aTopic(): Promise<string> {
  return eventually((client) => client.createTopic(randomName('handler')));
}

/** Processes a topic of 25 records with a handler that misbehaves at its first batch. */
async function runWith(handler: string, offline: object, timeout: number, parts: object = {}): Promise<OfflineProject> {
  const topic = await aTopic();
  await eventually((client) => client.produceValues(topic, range(0, 25)));
  const functions = { consume: { handler: `misbehaving.${handler}`, timeout, events: on(topic, parts) } };
  const project = aProject(functions, { offline });
  await project.start();
  await untilCommitted(project, topic, 25);
  return project;
}

function outcomes(project: OfflineProject) {
  return project.lines('invocation').map(({ outcome }) => outcome);
}

describe.concurrent('in worker threads, without ending the process, a handler that', () => {
  const { offline } = IN_WORKERS;

  test.each([
    ['exits', 'calls process.exit', 'exit code 3'],
    ['rejectsUnhandled', 'leaves a rejected promise to nobody', 'nobody catches this'],
    ['throwsInTimer', 'throws in a timer', 'nobody catches this'],
  ])('%s (%s) fails at once, and its batch is retried', async (handler, _what, reason) => {
    const project = await runWith(handler, offline, 60);
    expectDelivered(project.values('consume', 'end'), range(0, 25));
    expectDelivered(project.values('consume', 'start'), range(0, 25), { repeats: 10 });
    expect(project.lines('invocation')[0]).toMatchObject({
      outcome: 'failure',
      reason: expect.stringContaining(reason),
    });
    expect(await project.stop()).toBe(0);
  });

  test('throws after its batch has succeeded costs at most the batch that runs then', async () => {
    const project = await runWith('throwsLate', offline, 60);
    expectDelivered(project.values('consume', 'start'), range(0, 25), { repeats: 10 });
    expect(await project.stop()).toBe(0);
  });

  test('times out is terminated, and its batch is retried', async () => {
    // The start of a thread counts towards the timeout.
    const project = await runWith('muchTooSlow', offline, 4);
    expectDelivered(project.values('consume', 'end'), range(0, 25));
    expect(project.lines('invocation')[0]).toMatchObject({
      outcome: 'failure',
      reason: expect.stringContaining('timeout'),
    });
    expect(await project.stop()).toBe(0);
  });
});

describe.concurrent('in process a handler that', () => {
  const { offline } = IN_PROCESS;

  test.each([
    ['exits', 'calls process.exit'],
    ['rejectsUnhandled', 'leaves a rejected promise to nobody'],
    ['throwsInTimer', 'throws in a timer'],
  ])('%s (%s) ends the process, as Node does, and loses nothing', async (handler) => {
    const topic = await aTopic();
    await eventually((client) => client.produceValues(topic, range(0, 25)));
    const project = aProject({ consume: { handler: `misbehaving.${handler}`, events: on(topic) } }, { offline });
    await project.start();
    expect(await project.exitCode()).not.toBe(0);
    expect((await eventually((client) => client.committed(`group-${topic}`, topic)))[0]).toBeLessThanOrEqual(0);

    await project.start();

    await untilCommitted(project, topic, 25);
    expectDelivered(project.values('consume', 'end'), range(0, 25));
    expect(await project.stop()).toBe(0);
  });

  test('times out is awaited, and its batch is retried', async () => {
    const project = await runWith('tooSlow', offline, 3);
    // The abandoned one ends as well: the batch was handled twice, one after the other.
    expectDelivered(project.values('consume', 'end'), range(0, 25), { repeats: 10 });
    const [firstEnd, second] = [project.calls('consume', 'end')[0], project.calls('consume')[1]];
    expect(second?.at).toBeGreaterThanOrEqual(firstEnd?.at ?? Number.POSITIVE_INFINITY);
    expect(await project.stop()).toBe(0);
  });
});

describe.concurrent.each([IN_PROCESS, IN_WORKERS])('$mode a thrown value that is not an Error', ({ offline }) => {
  test.each([
    ['throwsText', 'only text'],
    ['throwsNothing', 'undefined'],
    ['rejectsWithObject', 'E_OBJECT'],
    ['callsBackText', 'only text'],
  ])('fails the batch, which is retried (%s)', async (handler, reason) => {
    const project = await runWith(handler, offline, 6);
    expect(outcomes(project)).toEqual(['failure', 'success', 'success', 'success']);
    expect(project.lines('invocation')[0]?.reason).toContain(reason);
    expectDelivered(project.values('consume', 'start'), range(0, 25), { repeats: 10 });
    expect(await project.stop()).toBe(0);
  });

  test('is the only failure: a value that Lambda turns into null is success', async () => {
    const project = await runWith('returnsFunction', offline, 6);
    expect(outcomes(project)).toEqual(['success', 'success', 'success']);
  });
});

test.concurrent('a handler in a worker thread does not see the file loaded into it', async () => {
  const project = await runWith('seesOptions', IN_WORKERS.offline, 6);
  expect(project.read('options')).toBe('nullnullnull');
});

describe.concurrent.each([IN_PROCESS, IN_WORKERS])('$mode a handler that returns an invalid value', ({ offline }) => {
  const provisioned = {
    functionResponseType: 'ReportBatchItemFailures',
    provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 2 },
  };

  test('instead of a batch response fails its whole batch, which is retried', async () => {
    const project = await runWith('rubbish', offline, 6, provisioned);
    // One kind of rubbish after the other, then a good response.
    const failures = outcomes(project).filter((outcome) => outcome === 'failure');
    expect(failures).toHaveLength(6);
    expectDelivered(project.values('consume'), range(0, 25), { repeats: 6 * 10 });
    expect(await project.stop()).toBe(0);
  });

  test('without JSON fails its batch even where no response is expected', async () => {
    const project = await runWith('notJson', offline, 6);
    expect(outcomes(project)).toEqual(['failure', 'failure', 'success', 'success', 'success']);
    expectDelivered(project.values('consume'), range(0, 25), { repeats: 20 });
    expect(await project.stop()).toBe(0);
  });
});
