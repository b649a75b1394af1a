import type { KafkaSource } from './kafka-source.ts';

/** The parts of osls's model that the packaging plugins work on: a text or a CloudFormation function. */
export type Value = string | Record<string, unknown>;

export type Statement = {
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: Value | Value[];
  Condition?: Record<string, unknown>;
};

export type Resource = { Type: string; Properties?: Record<string, unknown> } & Record<string, unknown>;

export type Resources = Record<string, Resource>;

export interface FunctionDefinition {
  /** as it is deployed */
  name: string;
  handler: string;
  events: Record<string, unknown>[];
  /** which of custom.grants it is given */
  uses?: string[];
  operatorOnly?: boolean;
  reservedConcurrency?: number;
  environment?: Record<string, Value>;
  role?: string;
  vpc?: { subnetIds?: string[]; securityGroupIds?: string[] };
  package?: { artifact?: string };
}

export interface Serverless {
  service: {
    functions: Record<string, FunctionDefinition>;
    custom: { deployment: Deployment; grants: Record<string, Record<string, Value>> };
    provider: { architecture?: string; compiledCloudFormationTemplate: { Resources: Resources } };
  };
  pluginManager: { plugins: object[] };
  processedInput: { commands: string[] };
  configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  getProvider: (name: string) => {
    getStage(): string;
    naming: { getNormalizedFunctionName(name: string): string; getLambdaLogicalId(name: string): string };
  };
  classes: { Error: new (message: string, code: string) => Error };
}

/** custom.deployment of serverless.yml */
export interface Deployment {
  /** comma-separated */
  subnetIds: string;
  /** comma-separated */
  securityGroupIds: string;
  kmsKeyArn: string;
  /** 'true' or 'false' */
  reserveConcurrency: string;
  alarmEmail: string;
  metricsNamespace: string;
  throttleRate: string;
  throttleBurst: string;
  kafka: Omit<KafkaSource, 'subnetIds' | 'securityGroupIds'>;
}
