import { type Mapping, type MappingUse, parseMappings } from '../config/mappings.ts';
import { ConfigurationError, type Naming, type ServiceModel } from '../config/service.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { patchKafkajs } from '../kafkajs/kafkajs-patches.ts';
import { createLog, type Log, type LogWriter } from '../support/log.ts';
import { describeError } from '../support/value.ts';
import { completeTemplate } from '../template/complete-template.ts';
import { type ConfigSchemaHandler, extendEventSchema } from './event-schema.ts';
import { type KafkaEvents, startKafkaEvents } from './kafka-events.ts';
import {
  createLambdaInvoker,
  delayOfflineEnd,
  isListedAfterOffline,
  type LambdaInvoker,
  mergeOfflineOptions,
  type OfflineOptions,
} from './lambda-invoker.ts';

/** Exit code (EX_TEMPFAIL) of a process with a stuck handler, so that a supervisor restarts it. */
const STUCK_EXIT_CODE = 75;

/** The part of the framework (osls 4, Serverless 4) that we use. */
interface FrameworkModel {
  readonly service: ServiceModel & { readonly provider: { readonly compiledCloudFormationTemplate?: unknown } };
  readonly configSchemaHandler: ConfigSchemaHandler;
  readonly pluginManager: { readonly plugins: readonly object[] };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: string): { readonly naming?: Naming } | undefined;
}

type Hook = () => void | Promise<void>;

/** The serverless-offline plugin. */
export default class KafkaEventsPlugin {
  readonly hooks: Readonly<Record<string, Hook>>;
  readonly #serverless: FrameworkModel;
  readonly #options: OfflineOptions;
  readonly #writer: LogWriter;
  /** As configured: other plugins may switch off serverless-offline's own timeouts, which do not limit ours. */
  readonly #noTimeout: unknown;
  #log: Log;
  #events: KafkaEvents | null = null;
  #invoker: LambdaInvoker | null = null;

  constructor(serverless: FrameworkModel, options: OfflineOptions, utils: { readonly log: LogWriter }) {
    this.#serverless = serverless;
    this.#options = options;
    this.#writer = utils.log;
    this.#log = createLog(this.#writer, 'info');
    extendEventSchema(serverless.configSchemaHandler);
    this.#noTimeout = this.#mergedOptions().noTimeout;
    this.hooks = {
      // `sls offline start`: a configuration error must be thrown before its servers are up
      'before:offline:start:init': () => void this.#parse('local'),
      'after:offline:start:init': () => this.#start(),
      'before:offline:start:end': () => this.#stop(),
      // `sls offline`: has no hook after its servers are up, and exits by itself
      'before:offline:start': () => this.#start(),
      'offline:functionsUpdated:cleanup': () => this.#invoker?.reload(),
      // `sls package`, `sls deploy`
      'before:package:compileEvents': () => void this.#parse('deploy'),
      'before:package:finalize': () => this.#completeTemplate(),
    };
  }

  #parse(use: MappingUse): { settings: Settings; mappings: Mapping[] } {
    const service: ServiceModel = this.#serverless.service;
    try {
      const settings = parseSettings(service.custom?.kafkaEvents, service.provider.region);
      const isUsingDocker = Boolean(this.#offlineOptions().useDocker);
      const naming = this.#naming();
      return {
        settings,
        mappings: parseMappings({ service, settings, stage: this.#stage(), use, naming, isUsingDocker }),
      };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new this.#serverless.classes.Error(error.message, error.code);
    }
  }

  #start(): void {
    if (this.#events !== null) return;
    const { settings, mappings } = this.#parse('local');
    this.#log = createLog(this.#writer, settings.logLevel, settings.logFormat);
    if (mappings.length === 0) return;
    patchKafkajs();
    this.#warn(settings, mappings);
    const invoker = createLambdaInvoker({
      serverless: this.#serverless,
      options: this.#offlineOptions(),
      timeoutsMs: new Map(mappings.map((mapping) => [mapping.functionKey, mapping.timeoutMs])),
      onStuck: (functionKey) => void this.#restart(functionKey),
    });
    this.#invoker = invoker;
    this.#events = startKafkaEvents({
      mappings,
      settings,
      region: this.#serverless.service.provider.region ?? 'us-east-1',
      invoke: (functionKey, event) => invoker.invoke(functionKey, event),
      log: this.#log,
    });
    // Plain `sls offline` has no hook between the signal and its exit.
    delayOfflineEnd(this.#serverless.pluginManager.plugins, () => this.#stop());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void this.#stop());
  }

  async #stop(): Promise<void> {
    try {
      await this.#events?.stop();
      await this.#invoker?.close();
    } catch (error) {
      this.#log.error('stopping failed', { error: describeError(error) });
    }
  }

  /** A handler that never ends blocks its partition. Only exiting the process stops it. */
  async #restart(functionKey: string): Promise<void> {
    this.#log.error(
      'a handler still runs after twice its timeout: exiting, so that a supervisor can restart the process',
      {
        function: functionKey,
        exitCode: STUCK_EXIT_CODE,
      },
    );
    await this.#stop();
    process.exit(STUCK_EXIT_CODE);
  }

  #warn(settings: Settings, mappings: readonly Mapping[]): void {
    if (isListedAfterOffline(this.#serverless.pluginManager.plugins, this)) {
      this.#log.warn('serverless-offline-kafka-events is listed after serverless-offline; list it before it');
    }
    for (const { awsOnly, functionKey, topic } of mappings) {
      if (awsOnly.length === 0) continue;
      const isQueue = awsOnly.includes('consumptionMode');
      this.#log.warn(
        isQueue
          ? 'consumptionMode Queue acts on AWS only: locally the topic is read in order, by a consumer group'
          : 'some properties act on AWS only',
        { function: functionKey, topic, properties: awsOnly },
      );
    }
    for (const { destination, functionKey, topic } of mappings) {
      if (destination?.kind !== 'arn' || settings.onFailureTopic !== null) continue;
      this.#log.warn(
        'records for this destination are not delivered locally; custom.kafkaEvents.onFailureTopic can stand in for it',
        {
          function: functionKey,
          topic,
          destination: destination.arn,
        },
      );
    }
  }

  #completeTemplate(): void {
    const { service } = this.#serverless;
    const naming = this.#naming();
    if (naming !== null) completeTemplate(service, service.provider.compiledCloudFormationTemplate, naming);
  }

  #naming(): Naming | null {
    return this.#serverless.getProvider('aws')?.naming ?? null;
  }

  #offlineOptions(): OfflineOptions {
    return { ...this.#mergedOptions(), noTimeout: this.#noTimeout };
  }

  #mergedOptions(): OfflineOptions {
    return mergeOfflineOptions(this.#serverless.service.custom?.['serverless-offline'], this.#options);
  }

  #stage(): string {
    const stage = this.#options.stage;
    return typeof stage === 'string' ? stage : (this.#serverless.service.provider.stage ?? 'dev');
  }
}
