import type { KafkaSource } from './kafka-source.ts';
import type { Resources, Value } from './template.ts';

/** The part of osls that the packaging plugins use. */
export interface Serverless {
  service: {
    functions: Record<string, FunctionDefinition>;
    custom: { deployment: Deployment; topicPrefix: string; grants: Record<string, Record<string, Value>> };
    provider: {
      architecture?: string;
      environment?: Record<string, unknown>;
      compiledCloudFormationTemplate: { Resources: Resources; Outputs: Record<string, unknown> };
    };
  };
  pluginManager: { plugins: object[] };
  processedInput: { commands: string[] };
  configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  getProvider(name: string): {
    getStage(): string;
    naming: { getNormalizedFunctionName(name: string): string; getLambdaLogicalId(name: string): string };
  };
  classes: { Error: new (message: string, code: string) => Error };
}

/** A function of serverless.yml. */
export interface FunctionDefinition {
  /** its name in AWS */
  name: string;
  handler: string;
  events: Record<string, unknown>[];
  /** names of grants (grants.yml) */
  uses?: string[];
  operatorOnly?: boolean;
  reservedConcurrency?: number;
  tracing?: string;
  /** what API, mappings and schedules invoke */
  targetAlias?: { name: string; logicalId: string };
  environment?: Record<string, Value>;
  role?: string;
  vpc?: { subnetIds?: string[]; securityGroupIds?: string[] };
  package?: { artifact?: string };
}

/** deployment.yml */
export interface Deployment {
  /** comma-separated */
  subnetIds: string;
  /** comma-separated */
  securityGroupIds: string;
  kmsKeyArn: string;
  /** 'true' or 'false' */
  reserveConcurrency: string;
  alarmEmail: string;
  domainName: string;
  certificateArn: string;
  /** a configuration of CodeDeploy; empty: all at once */
  trafficShift: string;
  /** 'off' or 'xray' */
  tracing: string;
  /** 'true' or 'false' */
  diagnostics: string;
  metricsNamespace: string;
  /** such as 'rate(1 minute)' */
  schedule: string;
  /** empty: the default */
  mailRetryHours: string;
  /** 'true' or 'false' */
  probe: string;
  probeDomain: string;
  throttleRate: string;
  throttleBurst: string;
  kafka: Omit<KafkaSource, 'subnetIds' | 'securityGroupIds' | 'credentialsSecretArn'> & {
    partitions: string | number;
    tls: string;
    /** references of the functions in the users context */
    usersCredentials: string;
    notificationsCredentials: string;
    /** the same secrets, for the pollers */
    usersSecretArn: string;
    notificationsSecretArn: string;
  };
}
