import { alarms } from './alarms.ts';
import { dropImpliedDependencies } from './dependencies.ts';
import { deployedEvent, type KafkaEvent } from './kafka-source.ts';
import { inVpc, ownLog, polling, readingOf, roleWith } from './permissions.ts';
import { placeholders } from './placeholders.ts';
import type { Deployment, FunctionDefinition, Serverless, Statement, Value } from './types.ts';

/** Grants whose servers are reached over the public network or not at all. */
const OUTSIDE = new Set(['operatorToken', 'idempotency', 'usersApi', 'metrics', 'topics']);

function list(text: string) {
  return text.split(',').map((entry) => entry.trim());
}

/**
 * Turns the functions of serverless.yml, which say what they use, into what a stage deploys: each gets the variables of its
 * grants and no others, a role that may read just what those refer to, and a place in the VPC when it needs one. Operators'
 * routes get the authorizer. The local stage runs the same definitions as they stand.
 */
export default class DeployedStage {
  readonly hooks: Record<string, () => unknown>;
  #serverless;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: {
        uses: { type: 'array', items: { type: 'string' }, uniqueItems: true },
        operatorOnly: { type: 'boolean' },
      },
    });
    this.hooks = {
      'before:package:initialize': () => this.#define(),
      'before:package:finalize': () => this.#complete(),
      'before:package:cleanup': () => this.#refusePlaceholders(),
    };
  }

  get #deployment(): Deployment {
    return this.#serverless.service.custom.deployment;
  }

  get #network() {
    const { subnetIds, securityGroupIds } = this.#deployment;
    return { subnetIds: list(subnetIds), securityGroupIds: list(securityGroupIds) };
  }

  #roleId(name: string) {
    return `${this.#serverless.getProvider('aws').naming.getNormalizedFunctionName(name)}Role`;
  }

  #define() {
    const { functions } = this.#serverless.service;
    for (const [name, definition] of Object.entries(functions)) {
      const uses = definition.uses ?? [];
      definition.environment = { ...definition.environment, ...this.#variables(name, uses) };
      definition.role = this.#roleId(name);
      if (uses.some((grant) => !OUTSIDE.has(grant))) definition.vpc = this.#network;
      if (this.#deployment.reserveConcurrency !== 'true') delete definition.reservedConcurrency;
      definition.events = definition.events.map((event) => this.#deployedEvent(definition, event));
    }
  }

  #variables(name: string, uses: string[]): Record<string, Value> {
    const grants = this.#serverless.service.custom.grants;
    const unknown = uses.find((grant) => grants[grant] === undefined);
    if (unknown !== undefined)
      throw new this.#serverless.classes.Error(`functions.${name}.uses: custom.grants has no ${unknown}`, 'NO_GRANT');
    const given = uses.flatMap((grant) => Object.entries(grants[grant] ?? {})).filter(([, value]) => value !== '');
    return Object.fromEntries(
      given.map(([variable, value]) => [variable, typeof value === 'object' ? value : String(value)]),
    );
  }

  #deployedEvent({ operatorOnly }: FunctionDefinition, event: Record<string, unknown>) {
    if (typeof event.kafka === 'object') {
      const kafka = event.kafka as KafkaEvent;
      return deployedEvent(kafka, { ...this.#deployment.kafka, ...this.#network });
    }
    const isLocal = this.#serverless.getProvider('aws').getStage() === 'local';
    if (operatorOnly !== true || isLocal || typeof event.httpApi !== 'string') return event;
    const [method, path] = event.httpApi.split(' ');
    return { httpApi: { method, path, authorizer: { name: 'operator' } } };
  }

  #complete() {
    const { functions, provider } = this.#serverless.service;
    const { Resources } = provider.compiledCloudFormationTemplate;
    for (const [name, definition] of Object.entries(functions)) {
      Resources[this.#roleId(name)] = roleWith(name, this.#permissions(definition));
    }
    Object.assign(Resources, this.#alarms());
    const { throttleRate, throttleBurst } = this.#deployment;
    Object.assign(Resources['HttpApiStage']?.Properties?.['DefaultRouteSettings'] ?? {}, {
      ThrottlingRateLimit: Number(throttleRate),
      ThrottlingBurstLimit: Number(throttleBurst),
    });
    dropImpliedDependencies(Resources);
  }

  #alarms() {
    const { alarmEmail: email, metricsNamespace: namespace } = this.#deployment;
    const { functions } = this.#serverless.service;
    const { naming } = this.#serverless.getProvider('aws');
    const invokedBy = (kinds: string[]) =>
      Object.keys(functions)
        .filter((name) => functions[name]?.events.some((event) => kinds.some((kind) => kind in event)))
        .map((name) => naming.getLambdaLogicalId(name));
    return alarms({ namespace, email, consumers: invokedBy(['kafka', 'msk']), schedules: invokedBy(['schedule']) });
  }

  #permissions({ name, environment = {}, vpc, events }: FunctionDefinition): Statement[] {
    const { kafka, kmsKeyArn } = this.#deployment;
    const isConsumer = events.some((event) => 'kafka' in event || 'msk' in event);
    const readings = Object.values(environment).flatMap((value) => readingOf(String(value)) ?? []);
    const source = {
      ...(kafka.clusterArn === '' ? {} : { clusterArn: kafka.clusterArn }),
      ...(kafka.credentialsSecretArn === '' ? {} : { secretArn: kafka.credentialsSecretArn }),
    };
    const authority = kafka.caSecretArn === '' ? [] : polling({ secretArn: kafka.caSecretArn });
    const reads = readings.length > 0 || (isConsumer && kafka.credentialsSecretArn !== '');
    return [
      ownLog(name),
      ...readings,
      // osls puts an empty one into every function
      ...(vpc?.subnetIds === undefined ? [] : inVpc(name)),
      ...(isConsumer ? [...polling(source), ...authority] : []),
      ...(kmsKeyArn === '' || !reads
        ? []
        : [{ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: kmsKeyArn } as Statement]),
    ];
  }

  /** An emulator takes anything; AWS would refuse the placeholders only after minutes. */
  #refusePlaceholders() {
    if (this.#serverless.processedInput.commands[0] !== 'deploy' || process.env.AWS_ENDPOINT_URL) return;
    const missing = placeholders(this.#deployment);
    if (missing.length > 0)
      throw new this.#serverless.classes.Error(
        `Not deployed: ${missing.join(', ')} of this stage ${missing.length === 1 ? 'is' : 'are'} still a placeholder (params in serverless.yml, or --param)`,
        'PLACEHOLDERS',
      );
  }
}
