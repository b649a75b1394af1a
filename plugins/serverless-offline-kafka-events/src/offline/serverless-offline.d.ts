declare module 'serverless-offline/lambda' {
  export interface LambdaFunction {
    setEvent(event: unknown): void;
    runHandler(): Promise<unknown>;
    cleanup(): Promise<void>;
  }

  export default class Lambda {
    constructor(serverless: unknown, options: Readonly<Record<string, unknown>>);
    create(lambdas: readonly { functionKey: string; functionDefinition: unknown }[]): void;
    get(functionKey: string): LambdaFunction;
    cleanup(): Promise<void>;
  }
}
