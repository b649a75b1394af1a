import { isDeployed } from '#shared/config/stage-rules.ts';
import { alarms, RELEASE_ALARM } from './alarms.ts';
import { apiDomain } from './api-domain.ts';
import { dashboard } from './dashboard.ts';
import { deployedEvent, isServerless, type KafkaEvent, kafkaProblem, withCertificates } from './kafka-source.ts';
import type { Deployment, FunctionDefinition, Serverless } from './osls.ts';
import {
  decrypting,
  inVpc,
  onMsk,
  ownLog,
  polling,
  readingOf,
  roleWith,
  type Statement,
  writingTraces,
} from './permissions.ts';
import { placeholders, plainSecrets } from './refused-values.ts';
import { liveAlias, releases } from './releases.ts';
import { dropImpliedDependencies, type Resources, type Value } from './template.ts';
import { throttle } from './throttle.ts';
import { scheduleProblem, watchedStage } from './watched-stage.ts';

/** The /tests routes, with which anyone can write into the log: served only if the parameter says so. */
const DIAGNOSTICS = 'dist/functions/diagnostics/';

/** Grants that need no server inside the VPC. */
const OUTSIDE_VPC = new Set([
  ...['operatorToken', 'idempotency', 'signedMessages', 'usersApi', 'metrics', 'topics', 'rateLimits'],
  ...['diagnostics', 'retention', 'passwords', 'probe'],
]);

/** Grants of functions that publish. */
const PRODUCING = new Set(['usersKafka', 'notificationsKafka']);

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
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
    const refuse = () => {
      this.#refuseOpenStage();
      this.#refusePlaceholders();
    };
    this.hooks = {
      'before:offline:start:init': () => this.#dropDiagnostics(),
      'before:offline:start': () => this.#dropDiagnostics(),
      'before:package:initialize': () => this.#defineFunctions(),
      'before:package:finalize': () => this.#completeTemplate(),
      'before:package:cleanup': refuse,
      // With --package nothing is packaged: osls has restored the service that was.
      'before:deploy:deploy': refuse,
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

  #functionId(name: string): string {
    return this.#serverless.getProvider('aws').naming.getLambdaLogicalId(name);
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
    const { probe, probeDomain, schedule } = this.#deployment;
    this.#refuseKafka();
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) this.#refuse(problem);
    if (probe === 'true' && probeDomain === '') this.#refuse('The parameter probe is true, but probeDomain is empty.');
    this.#dropDiagnostics();
    if (probe !== 'true') delete functions.probe;
    for (const [name, definition] of Object.entries(functions)) {
      const uses = definition.uses ?? [];
      definition.environment = { ...definition.environment, ...this.#variables(name, uses) };
      // It decides itself, and refuses a topic with the setting.
      if (isServerless(this.#deployment.kafka.clusterArn)) delete definition.environment.KAFKA_MIN_INSYNC_REPLICAS;
      this.#refusePlainSecrets(definition.environment);
      if (definition.environment.USERS_BASE_URL !== undefined && this.#deployment.domainName !== '')
        definition.environment.USERS_BASE_URL = `https://${this.#deployment.domainName}`;
      if (this.#deployment.tracing === 'xray') definition.tracing = 'Active';
      definition.role = this.#roleId(name);
      definition.targetAlias = liveAlias(this.#functionId(name));
      if (uses.some((grant) => !OUTSIDE_VPC.has(grant))) definition.vpc = this.#network;
      // A mapping invokes its function once per partition at most.
      if (definition.events.some((event) => 'kafka' in event))
        definition.reservedConcurrency ??= Number(this.#deployment.kafka.partitions);
      if (this.#deployment.reserveConcurrency !== 'true') delete definition.reservedConcurrency;
      definition.events = definition.events.map((event) => this.#deployedEvent(definition, event));
    }
  }

  #variables(name: string, uses: string[]): Record<string, Value> {
    const grants = this.#serverless.service.custom.grants;
    const unknown = uses.find((grant) => grants[grant] === undefined);
    if (unknown !== undefined)
      this.#refuse(`Unknown grant '${unknown}' in functions.${name}.uses. Define it in tools/deploy/grants.yml.`);
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
    const watching = this.#alarms();
    const watched = Object.fromEntries(Object.entries(watching).filter(([, { Type }]) => Type.endsWith('::Alarm')));
    const names = Object.values(functions).map(({ name }) => name);
    Object.assign(Resources, watching, { Dashboard: dashboard(this.#deployment.metricsNamespace, names, watched) });
    const routes = Resources['HttpApiStage']?.Properties?.['DefaultRouteSettings'] ?? {};
    Object.assign(routes, throttle(this.#deployment));
    const { clusterArn, mechanism } = this.#deployment.kafka;
    if (clusterArn !== '' && mechanism === 'certificate') withCertificates(Resources);
    Object.assign(Resources, this.#domain(), this.#releases(Resources));
    dropImpliedDependencies(Resources);
  }

  #releases(resources: Resources): Resources {
    const { functions } = this.#serverless.service;
    const released = Object.entries(functions).map(([name, definition]) => ({
      id: this.#functionId(name),
      definition,
    }));
    const versions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Version');
    const byFunction = new Map(
      versions.map(([id, { Properties }]) => [String(Object(Properties?.FunctionName).Ref), id] as const),
    );
    const alarms = [RELEASE_ALARM, 'ApiLatencyAlarm'];
    return releases(released, byFunction, { shift: this.#deployment.trafficShift, alarms });
  }

  #domain(): Resources {
    const { domainName, certificateArn } = this.#deployment;
    if (domainName === '') return {};
    if (certificateArn === '') this.#refuse('The parameter domainName is set, but certificateArn is empty.');
    const { Resources, Outputs } = this.#serverless.service.provider.compiledCloudFormationTemplate;
    Object.assign(Resources['HttpApi']?.Properties ?? {}, { DisableExecuteApiEndpoint: true });
    Outputs.DomainTarget = { Value: { 'Fn::GetAtt': ['ApiDomain', 'RegionalDomainName'] } };
    return apiDomain(domainName, certificateArn);
  }

  #alarms(): Resources {
    const { functions } = this.#serverless.service;
    return alarms(watchedStage(this.#deployment, functions, (name) => this.#functionId(name)));
  }

  #permissions(definition: FunctionDefinition): Statement[] {
    const { name, environment = {}, vpc, events, uses = [] } = definition;
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
      ...(this.#deployment.tracing === 'xray' ? [writingTraces()] : []),
      ...readings,
      // osls gives every function a vpc, empty unless it is configured.
      ...(vpc?.subnetIds === undefined ? [] : inVpc(name)),
      ...(isConsumer ? [...polling(source), ...authority] : []),
      ...(kafka.mechanism === 'iam' ? this.#onMsk(events, uses) : []),
      ...(kmsKeyArn === '' || !readsSecrets ? [] : [decrypting(kmsKeyArn)]),
    ];
  }

  #onMsk(events: FunctionDefinition['events'], uses: string[]): Statement[] {
    const { custom } = this.#serverless.service;
    const groups = events.flatMap(({ msk }) => String(Object(msk).consumerGroupId ?? '') || []);
    return onMsk(this.#deployment.kafka.clusterArn, `${custom.topicPrefix}user.email.*`, {
      groups,
      does: [
        ...(groups.length > 0 ? (['consume'] as const) : []),
        ...(uses.some((grant) => PRODUCING.has(grant)) ? (['produce'] as const) : []),
        ...(uses.includes('topics') ? (['prepare'] as const) : []),
      ],
    });
  }

  /** The local stage is open to everybody, and without --stage it is the one deployed. A package may be of another stage. */
  #refuseOpenStage(): void {
    const packaged = String(this.#serverless.service.provider.environment?.['STAGE']);
    const stage = [this.#serverless.getProvider('aws').getStage(), packaged].find((name) => !isDeployed(name));
    if (this.#serverless.processedInput.commands[0] !== 'deploy' || stage === undefined) return;
    this.#refuse(`Not deployed: the stage ${stage} is not for AWS. Name another one with --stage <name>.`);
  }

  #refuseKafka(): void {
    const { usersCredentials, usersSecretArn, notificationsCredentials, notificationsSecretArn } =
      this.#deployment.kafka;
    for (const [credentials, credentialsSecretArn] of [
      [usersCredentials, usersSecretArn],
      [notificationsCredentials, notificationsSecretArn],
    ] as const) {
      const problem = kafkaProblem({ ...this.#deployment.kafka, ...this.#network, credentials, credentialsSecretArn });
      if (problem !== undefined) this.#refuse(`${problem}.`);
    }
  }

  #refusePlainSecrets(environment: Record<string, Value>): void {
    const stage = this.#serverless.getProvider('aws').getStage();
    const [variable] = isDeployed(stage) ? plainSecrets(environment) : [];
    if (variable !== undefined)
      this.#refuse(
        `Not packaged: ${variable} would be in the template in plain text. Give its parameter a reference, such as ssm:/path.`,
      );
  }

  /** Emulators accept placeholders; AWS rejects them, but only after minutes. */
  #refusePlaceholders(): void {
    if (this.#serverless.processedInput.commands[0] !== 'deploy' || process.env.AWS_ENDPOINT_URL) return;
    const unset = placeholders(this.#deployment);
    // A stage whose alarms reach nobody.
    if (this.#deployment.alarmEmail === '' && this.#serverless.getProvider('aws').getStage() !== 'dev')
      unset.push('alarmEmail');
    if (unset.length > 0)
      this.#refuse(
        `Not deployed: ${unset.join(', ')} not set. Set ${unset.length === 1 ? 'it' : 'them'} in tools/deploy/parameters.yml or with --param name=value.`,
      );
  }

  #refuse(message: string): never {
    throw new this.#serverless.classes.Error(message, 'REFUSED');
  }
}
