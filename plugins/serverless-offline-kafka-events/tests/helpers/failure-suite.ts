import { afterAll, beforeAll, vi } from 'vitest';
import { TestKafka } from './kafka.ts';
import { KafkaServer } from './kafka-server.ts';
import { OfflineProject } from './offline-project.ts';
import { kafkaEvent, type ProjectOptions } from './service-configuration.ts';

/** Starts a broker for the file and projects that use it; removes all of it at the end. */
export function failureSuite({ isSecured = false } = {}) {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });
  const server = new KafkaServer({ isSecured });
  const projects: OfflineProject[] = [];

  beforeAll(() => server.start());
  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    await server.remove();
  });

  function aProject(functions: ProjectOptions['functions'], options: Partial<ProjectOptions> = {}): OfflineProject {
    const project = new OfflineProject({
      offline: { useInProcess: true },
      kafkaEvents: { brokers: server.brokers, retryBackoff: { initialMs: 100, maximumMs: 500 } },
      functions,
      ...options,
    });
    projects.push(project);
    return project;
  }

  const on = (topic: string, parts: object = {}) => [
    kafkaEvent(server.brokers, { topic, consumerGroupId: `group-${topic}`, batchSize: 10, ...parts }),
  ];

  /** Retries until the broker is reachable. */
  async function eventually<T>(run: (client: TestKafka) => Promise<T>): Promise<T> {
    return vi.waitFor(
      async () => {
        const client = new TestKafka(server.brokers);
        try {
          return await run(client);
        } finally {
          await client.close().catch(() => undefined);
        }
      },
      { timeout: 60_000, interval: 200 },
    );
  }

  async function untilCommitted(project: OfflineProject, topic: string, offset: number, partition = 0): Promise<void> {
    const look = (client: TestKafka) => client.committed(`group-${topic}`, topic);
    await project.waitFor(
      `${topic}-${partition} to be committed at ${offset}`,
      async () => {
        const committed = (await eventually(look))[partition];
        if (committed !== offset) throw new Error(`it is committed at ${committed}`);
        return true;
      },
      90_000,
    );
  }

  return { server, aProject, on, eventually, untilCommitted };
}
