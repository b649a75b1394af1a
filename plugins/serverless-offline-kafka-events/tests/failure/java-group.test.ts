import { afterAll, describe, expect, test } from 'vitest';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName, TestKafka } from '../helpers/kafka.ts';
import type { KafkaServer } from '../helpers/kafka-server.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';

const { server, aProject, on, eventually } = failureSuite();

describe('a Java consumer in the same group', () => {
  const kafka = new TestKafka(server.brokers);
  afterAll(() => kafka.close());

  async function shareOf(project: OfflineProject, topic: string, java: ReturnType<KafkaServer['consoleConsumer']>) {
    const sent = new Set<string>();
    await project.waitFor(
      'both to get something',
      async () => {
        const value = `v${sent.size}`;
        await kafka.produceValues(topic, [value], sent.size % 4);
        sent.add(value);
        const ours = project.values('echo').flat();
        const theirs = java.lines().filter((line) => sent.has(line));
        return ours.length > 0 && theirs.length > 0;
      },
      60_000,
    );
    await project.waitFor('every record', () => {
      const all = new Set([...project.values('echo').flat(), ...java.lines().filter((line) => sent.has(line))]);
      return all.size === sent.size;
    });
  }

  test.each(['first', 'second'] as const)('is joined when it came %s', async (when) => {
    const topic = randomName('shared');
    await eventually((client) => client.createTopic(topic, 4));
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    const groupId = `group-${topic}`;
    const isMember = async (count: number) => (await kafka.members(groupId)) === count;
    let java: ReturnType<KafkaServer['consoleConsumer']>;
    if (when === 'first') {
      java = server.consoleConsumer(topic, groupId);
      await project.waitFor('the Java member', () => isMember(1), 60_000);
      await project.start();
    } else {
      await project.start();
      await project.untilJoined(1);
      java = server.consoleConsumer(topic, groupId);
    }
    try {
      await project.waitFor('two members', () => isMember(2), 60_000);
      await shareOf(project, topic, java);
    } finally {
      await java.stop();
    }
    expect(await project.stop()).toBe(0);
  });
});
