import type { Mapping } from '../config/mappings.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import { backoffMs } from '../partition/failure-plan.ts';
import type { RecordDecoder } from '../schema-registry/record-decoder.ts';
import type { Log } from '../support/log.ts';
import type { Waiter } from '../support/timing.ts';
import { describeError } from '../support/value.ts';
import type { PolledRecords } from './mapping-partitions.ts';

const REGISTRY_BACKOFF = { initialMs: 250, maximumMs: 10_000 };

export interface SchemaIntakeOptions {
  readonly mapping: Mapping;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
  readonly waiter: Waiter;
  readonly append: (polled: PolledRecords) => void;
  readonly pause: (partition: number) => void;
  readonly resume: (partition: number) => void;
}

/** Holds polled records back until the schemas that they need are known. */
export interface SchemaIntake {
  add(polled: PolledRecords): void;
  /** Drops the records held back; they are polled again under the next assignment. */
  clear(): void;
}

export function createSchemaIntake(options: SchemaIntakeOptions): SchemaIntake {
  const { mapping, append, metrics, log } = options;
  const { schemaRegistry } = mapping;
  if (schemaRegistry === null) return { add: append, clear: () => undefined };
  const config = schemaRegistry;
  let decoder: RecordDecoder | null = null;
  let held = new Map<number, PolledRecords[]>();

  /** Passes records on in order. Retries without limit while the registry cannot be reached, so that nothing is skipped. */
  async function release(partition: number, waiting: PolledRecords[]): Promise<void> {
    const isCurrent = () => held.get(partition) === waiting && !options.waiter.isStopped;
    for (let failures = 0; isCurrent(); ) {
      const [first] = waiting;
      if (first === undefined) break;
      try {
        // Loaded on first use: most projects have no registry.
        decoder ??= (await import('../schema-registry/record-decoder.ts')).createRecordDecoder(config);
        await decoder.prepare(first.records);
        if (!isCurrent()) return;
        failures = 0;
        waiting.shift();
        append({ ...first, decode: decoder.decode });
      } catch (error) {
        failures += 1;
        metrics.add('SchemaRegistryErrorCount');
        log.warn('the schema registry cannot be reached, retrying', {
          function: mapping.functionKey,
          topic: mapping.topic,
          partition,
          error: describeError(error),
        });
        await options.waiter.wait(backoffMs(REGISTRY_BACKOFF, failures));
      }
    }
    if (!isCurrent()) return;
    held.delete(partition);
    options.resume(partition);
  }

  return {
    add(polled) {
      const waiting = held.get(polled.partition);
      if (waiting === undefined && decoder?.isPrepared(polled.records)) {
        append({ ...polled, decode: decoder.decode });
        return;
      }
      options.pause(polled.partition);
      if (waiting !== undefined) {
        waiting.push(polled);
        return;
      }
      const started = [polled];
      held.set(polled.partition, started);
      void release(polled.partition, started);
    },
    clear() {
      held = new Map();
    },
  };
}
