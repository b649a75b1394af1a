import type { KafkaSource } from './kafka-source.ts';
import type { Resources, Value } from './template.ts';

/** The part of osls that the packaging plugins use. */
export interface Serverless {
  service: {
    functions: Record<string, FunctionDefinition>;
    custom: { deployment: Deployment; grants: Record<string, Record<string, Value>> };
    provider: {
      architecture?: string;
      environment?: Record<string, unknown>;
      compiledCloudFormationTemplate: { Resources: Resources };
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
  /** 'true' or 'false' */
  diagnostics: string;
  metricsNamespace: string;
  throttleRate: string;
  throttleBurst: string;
  kafka: Omit<KafkaSource, 'subnetIds' | 'securityGroupIds' | 'credentialsSecretArn'> & {
    /** of the functions in the users context, for the pollers */
    usersSecretArn: string;
    notificationsSecretArn: string;
  };
}
