/** The part of the framework's service that we read. */
export interface ServiceModel {
  readonly service: string;
  readonly provider: { readonly stage?: string; readonly region?: string; readonly timeout?: number };
  readonly custom?: Readonly<Record<string, unknown>>;
  getAllFunctions(): string[];
  getFunction(key: string): FunctionDefinition;
}

export interface FunctionDefinition {
  readonly name?: string;
  readonly handler?: string;
  readonly timeout?: number;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}
