export interface ProjectOptions {
  readonly functions: Readonly<Record<string, { handler: string; timeout?: number; events: readonly object[] }>>;
  readonly kafkaEvents: Readonly<Record<string, unknown>>;
  readonly offline?: object;
  readonly plugins?: readonly string[];
  /** Default: `offline start`. */
  readonly command?: readonly string[];
}

/** Its serverless.yml. */
export function serviceConfiguration(options: ProjectOptions, httpPort: number, lambdaPort: number): object {
  const { functions, kafkaEvents, offline, plugins } = options;
  return {
    service: 'tested',
    configValidationMode: 'error',
    provider: { name: 'aws', runtime: 'nodejs24.x', region: 'eu-west-1' },
    package: { excludeDevDependencies: false, patterns: ['!**', 'handler.js'] },
    plugins: plugins ?? ['serverless-offline-kafka-events', './reload.cjs', 'serverless-offline'],
    custom: { 'serverless-offline': { httpPort, lambdaPort, ...offline }, kafkaEvents },
    functions,
  };
}

/** A `kafka:` event with what the framework requires. */
export function kafkaEvent(brokers: readonly string[], parts: Record<string, unknown>): object {
  return {
    kafka: {
      accessConfigurations: { vpcSubnet: ['subnet-0'], vpcSecurityGroup: ['sg-0'] },
      bootstrapServers: brokers,
      maximumBatchingWindow: 0,
      ...parts,
    },
  };
}

/** An `msk:` event with the default consumer group. */
export function mskEvent(topic: string): object {
  const arn = 'arn:aws:kafka:eu-west-1:111111111111:cluster/managed/a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1-1';
  return { msk: { arn, topic, maximumBatchingWindow: 0 } };
}
