import { afterAll, vi } from 'vitest';
import { brokersUnderTest, TestKafka } from './kafka.ts';
import { OfflineProject } from './offline-project.ts';
import { kafkaEvent, type ProjectOptions } from './service-configuration.ts';

/** Creates projects on the broker of KAFKA_BROKERS and removes them at the end of the file. */
export function integrationSuite() {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
  const brokers = brokersUnderTest();
  const kafka = new TestKafka(brokers);
  const projects: OfflineProject[] = [];

  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    await kafka.close();
  });

  /** In process and with short retries by default. */
  function aProject(options: Partial<ProjectOptions> & Pick<ProjectOptions, 'functions'>): OfflineProject {
    const kafkaEvents = { brokers: brokers.join(','), retryBackoff: { initialMs: 100, maximumMs: 400 } };
    const project = new OfflineProject({
      offline: { useInProcess: true },
      ...options,
      kafkaEvents: { ...kafkaEvents, ...options.kafkaEvents },
    });
    projects.push(project);
    return project;
  }

  /** The brokers of custom.kafkaEvents replace those of the event. */
  const on = (topic: string, parts: object = {}) => [
    kafkaEvent(['elsewhere:9092'], { topic, consumerGroupId: `group-${topic}`, ...parts }),
  ];

  const committed = async (topic: string) => (await kafka.committed(`group-${topic}`, topic))[0];

  async function untilCommitted(project: OfflineProject, topic: string, offset: number, groupId = `group-${topic}`) {
    await project.waitFor(
      `${topic} to be committed at ${offset}`,
      async () => (await kafka.committed(groupId, topic))[0] === offset,
    );
  }

  return { brokers, kafka, aProject, on, committed, untilCommitted };
}
