import { isDeployed } from '#shared/config/stage-rules.ts';
import { alarms } from './alarms.ts';
import { deployedEvent, type KafkaEvent } from './kafka-source.ts';
import type { Deployment, FunctionDefinition, Serverless } from './osls.ts';
import { decrypting, inVpc, ownLog, polling, readingOf, roleWith, type Statement } from './permissions.ts';
import { plainSecrets } from './plain-secrets.ts';
import { dropImpliedDependencies, type Resources, type Value } from './template.ts';

/** The /tests routes, with which anyone can write into the log: served only if the parameter says so. */
const DIAGNOSTICS = 'dist/functions/diagnostics/';

/** Grants that need no server inside the VPC. */
const OUTSIDE_VPC = new Set([
  ...['operatorToken', 'idempotency', 'signedMessages', 'usersApi', 'metrics', 'topics', 'rateLimits'],
  ...['diagnostics', 'retention'],
]);

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}

/** @returns the names of the parameters that still have the placeholder of parameters.yml */
function placeholders({ subnetIds, securityGroupIds, kafka }: Deployment): string[] {
  const isPlaceholder = (text: string) => /-0{8}\b/.test(text);
  return [
    ...(isPlaceholder(subnetIds) ? ['subnetIds'] : []),
    ...(isPlaceholder(securityGroupIds) ? ['securityGroupIds'] : []),
    ...(kafka.brokers.startsWith('127.0.0.1:') ? ['kafkaBrokers'] : []),
  ];
}

/**
 * Plugin: turns the functions of serverless.yml into those of a deployed stage. Each function gets the variables of its grants
 * and no others, a role that may read only what these variables refer to, and a place in the VPC if it uses a server there.
 * Operators' routes get the authorizer. The local stage runs the same definitions unchanged.
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
      'before:offline:start:init': () => this.#dropDiagnostics(),
      'before:offline:start': () => this.#dropDiagnostics(),
      'before:package:initialize': () => this.#defineFunctions(),
      'before:package:finalize': () => this.#completeTemplate(),
      'before:package:cleanup': () => {
        this.#refuseOpenStage();
        this.#refusePlaceholders();
      },
    };
  }

  get #deployment(): Deployment {
    return this.#serverless.service.custom.deployment;
  }

  get #network() {
    const { subnetIds, securityGroupIds } = this.#deployment;
    return { subnetIds: list(subnetIds), securityGroupIds: list(securityGroupIds) };
  }

  #roleId(name: string): string {
    return `${this.#serverless.getProvider('aws').naming.getNormalizedFunctionName(name)}Role`;
  }

  #dropDiagnostics(): void {
    if (this.#deployment.diagnostics === 'true') return;
    const { functions } = this.#serverless.service;
    for (const [name, { handler }] of Object.entries(functions)) {
      if (handler.startsWith(DIAGNOSTICS)) delete functions[name];
    }
  }

  #defineFunctions(): void {
    const { functions } = this.#serverless.service;
    this.#dropDiagnostics();
    for (const [name, definition] of Object.entries(functions)) {
      const uses = definition.uses ?? [];
      definition.environment = { ...definition.environment, ...this.#variables(name, uses) };
      this.#refusePlainSecrets(definition.environment);
      definition.role = this.#roleId(name);
      if (uses.some((grant) => !OUTSIDE_VPC.has(grant))) definition.vpc = this.#network;
      if (this.#deployment.reserveConcurrency !== 'true') delete definition.reservedConcurrency;
      definition.events = definition.events.map((event) => this.#deployedEvent(definition, event));
    }
  }

  #variables(name: string, uses: string[]): Record<string, Value> {
    const grants = this.#serverless.service.custom.grants;
    const unknown = uses.find((grant) => grants[grant] === undefined);
    if (unknown !== undefined)
      throw new this.#serverless.classes.Error(
        `Unknown grant '${unknown}' in functions.${name}.uses. Define it in tools/deploy/grants.yml.`,
        'NO_GRANT',
      );
    const configured = uses.flatMap((grant) => Object.entries(grants[grant] ?? {})).filter(([, value]) => value !== '');
    return Object.fromEntries(
      configured.map(([variable, value]) => [variable, typeof value === 'object' ? value : String(value)]),
    );
  }

  /** The pollers' secret: that of the function's context. */
  #kafkaSecretArn({ uses = [] }: FunctionDefinition): string {
    const { usersSecretArn, notificationsSecretArn } = this.#deployment.kafka;
    return uses.includes('notificationsDatabase') ? notificationsSecretArn : usersSecretArn;
  }

  #deployedEvent(definition: FunctionDefinition, event: Record<string, unknown>) {
    const { operatorOnly } = definition;
    if (typeof event.kafka === 'object') {
      const kafka = event.kafka as KafkaEvent;
      const { usersSecretArn: _, notificationsSecretArn: __, ...source } = this.#deployment.kafka;
      const credentialsSecretArn = this.#kafkaSecretArn(definition);
      return deployedEvent(kafka, { ...source, ...this.#network, credentialsSecretArn });
    }
    const isLocal = !isDeployed(this.#serverless.getProvider('aws').getStage());
    if (operatorOnly !== true || isLocal || typeof event.httpApi !== 'string') return event;
    const [method, path] = event.httpApi.split(' ');
    return { httpApi: { method, path, authorizer: { name: 'operator' } } };
  }

  #completeTemplate(): void {
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

  #alarms(): Resources {
    const { alarmEmail: email, metricsNamespace: namespace } = this.#deployment;
    const { functions } = this.#serverless.service;
    const { naming } = this.#serverless.getProvider('aws');
    const invokedBy = (kinds: string[]) =>
      Object.keys(functions)
        .filter((name) => functions[name]?.events.some((event) => kinds.some((kind) => kind in event)))
        .map((name) => naming.getLambdaLogicalId(name));
    return alarms({ namespace, email, consumers: invokedBy(['kafka', 'msk']), schedules: invokedBy(['schedule']) });
  }

  #permissions(definition: FunctionDefinition): Statement[] {
    const { name, environment = {}, vpc, events } = definition;
    const { kafka, kmsKeyArn } = this.#deployment;
    const secretArn = this.#kafkaSecretArn(definition);
    const isConsumer = events.some((event) => 'kafka' in event || 'msk' in event);
    const readings = Object.values(environment).flatMap((value) => readingOf(String(value)) ?? []);
    const source = {
      ...(kafka.clusterArn === '' ? {} : { clusterArn: kafka.clusterArn }),
      ...(secretArn === '' ? {} : { secretArn }),
    };
    const authority = kafka.caSecretArn === '' ? [] : polling({ secretArn: kafka.caSecretArn });
    const readsSecrets = readings.length > 0 || (isConsumer && secretArn !== '');
    return [
      ownLog(name),
      ...readings,
      // osls gives every function a vpc, empty unless it is configured.
      ...(vpc?.subnetIds === undefined ? [] : inVpc(name)),
      ...(isConsumer ? [...polling(source), ...authority] : []),
      ...(kmsKeyArn === '' || !readsSecrets ? [] : [decrypting(kmsKeyArn)]),
    ];
  }

  /** The local stage is open to everybody, and without --stage it is the one deployed. */
  #refuseOpenStage(): void {
    const stage = this.#serverless.getProvider('aws').getStage();
    if (this.#serverless.processedInput.commands[0] !== 'deploy' || isDeployed(stage)) return;
    throw new this.#serverless.classes.Error(
      `Not deployed: the stage ${stage} is not for AWS. Name another one with --stage <name>.`,
      'OPEN_STAGE',
    );
  }

  #refusePlainSecrets(environment: Record<string, Value>): void {
    const stage = this.#serverless.getProvider('aws').getStage();
    const [variable] = isDeployed(stage) ? plainSecrets(environment) : [];
    if (variable !== undefined)
      throw new this.#serverless.classes.Error(
        `Not packaged: ${variable} would be in the template in plain text. Give its parameter a reference, such as ssm:/path.`,
        'PLAIN_SECRET',
      );
  }

  /** Emulators accept placeholders; AWS rejects them, but only after minutes. */
  #refusePlaceholders(): void {
    if (this.#serverless.processedInput.commands[0] !== 'deploy' || process.env.AWS_ENDPOINT_URL) return;
    const unset = placeholders(this.#deployment);
    if (unset.length > 0)
      throw new this.#serverless.classes.Error(
        `Not deployed: ${unset.join(', ')} still ${unset.length === 1 ? 'has a placeholder' : 'have placeholders'}. Set ${unset.length === 1 ? 'it' : 'them'} in tools/deploy/parameters.yml or with --param name=value.`,
        'PLACEHOLDERS',
      );
  }
}
