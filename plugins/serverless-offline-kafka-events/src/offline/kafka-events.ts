import type { Mapping } from '../config/mappings.ts';
import type { Settings } from '../config/settings.ts';
import { createDeadLetterProducer, type DeadLetterProducer } from '../destination/dead-letter-producer.ts';
import { createDeliverFailed } from '../destination/deliver-failed.ts';
import { createBrokerDirectory } from '../kafka/kafka-client.ts';
import type { Invoke } from '../mapping/invocation.ts';
import { type MappingRunner, startMappingRunner } from '../mapping/mapping-runner.ts';
import { createMemoryBudget } from '../mapping/memory-budget.ts';
import {
  createMetricsRecorder,
  forgetMetrics,
  type MetricsServer,
  readMetrics,
  startMetricsServer,
  watchMetrics,
} from '../metrics/metrics.ts';
import type { Log } from '../support/log.ts';
import { describeError } from '../support/value.ts';

/** How long a running batch may take when the process stops. */
const GRACE_MS = 2_500;

export interface KafkaEventsOptions {
  readonly mappings: readonly Mapping[];
  readonly settings: Settings;
  readonly region: string;
  readonly invoke: Invoke;
  readonly log: Log;
}

/** All mappings of a service, running. */
export interface KafkaEvents {
  stop(): Promise<void>;
}

export function startKafkaEvents(options: KafkaEventsOptions): KafkaEvents {
  const { settings, log } = options;
  forgetMetrics();
  const producers: DeadLetterProducer[] = [];
  const budget = createMemoryBudget();
  const runners: MappingRunner[] = options.mappings
    .filter((mapping) => mapping.enabled)
    .map((mapping) => {
      const metrics = createMetricsRecorder(mapping);
      watchMetrics(metrics);
      const brokers = createBrokerDirectory(mapping.brokers);
      const producer = createDeadLetterProducer({
        clientId: `${mapping.functionName}-dead-letters`,
        brokers: brokers.addresses,
        security: mapping.security,
        log,
      });
      producers.push(producer);
      const deliverFailed = createDeliverFailed({
        mapping,
        standInTopic: settings.onFailureTopic,
        region: options.region,
        producer,
        metrics,
        log,
      });
      const { invoke } = options;
      return startMappingRunner({ mapping, settings, brokers, invoke, deliverFailed, budget, metrics, log });
    });
  const server = openMetrics(settings, log);
  let stopping: Promise<void> | null = null;
  return {
    stop() {
      stopping ??= (async () => {
        await Promise.all(runners.map((runner) => runner.stop(GRACE_MS)));
        await Promise.race([
          Promise.all(producers.map((one) => one.close())),
          new Promise((resolve) => setTimeout(resolve, 500).unref()),
        ]);
        (await server)?.close();
      })();
      return stopping;
    },
  };
}

async function openMetrics(settings: Settings, log: Log): Promise<MetricsServer | null> {
  if (settings.metricsPort === null) return null;
  try {
    const server = await startMetricsServer(settings.metricsPort, readMetrics);
    log.info('metrics are served', { url: `http://127.0.0.1:${server.port}/metrics` });
    return server;
  } catch (error) {
    log.error('the metrics cannot be served', { port: settings.metricsPort, error: describeError(error) });
    return null;
  }
}
