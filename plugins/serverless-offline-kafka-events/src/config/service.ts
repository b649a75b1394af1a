/** The part of the framework's service that we read. */
export interface ServiceModel {
  readonly service: string;
  readonly provider: {
    readonly stage?: string;
    readonly region?: string;
    readonly runtime?: string;
    readonly timeout?: number;
    readonly environment?: unknown;
  };
  readonly custom?: Readonly<Record<string, unknown>>;
  getAllFunctions(): string[];
  getFunction(key: string): FunctionDefinition;
}

export interface FunctionDefinition {
  readonly name?: string;
  readonly handler?: string;
  readonly runtime?: string;
  /** Container image of the function. */
  readonly image?: unknown;
  readonly environment?: unknown;
  readonly timeout?: number;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}

/** A mistake in serverless.yml. The message names the function and the property. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'KAFKA_EVENTS_CONFIGURATION';
}
