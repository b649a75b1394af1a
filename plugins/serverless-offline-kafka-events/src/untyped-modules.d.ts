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

declare module 'lz4js' {
  const lz4: { compress(data: Uint8Array): Uint8Array; decompress(data: Uint8Array): Uint8Array };
  export default lz4;
}

declare module 'snappyjs' {
  const snappy: { compress(data: Buffer): Buffer; uncompress(data: Buffer): Buffer };
  export default snappy;
}
