import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The parts of hapi, serverless and serverless-offline that the local plugins use. */
export interface HapiRequest {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  params: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  raw: { req: IncomingMessage; res: ServerResponse };
  payload: unknown;
  mime: string | null;
  response: HapiResponse;
}

export interface HapiResponse {
  /** Set on hapi's own errors. */
  isBoom?: boolean;
  /** Of an error. */
  output: { statusCode: number; headers: Record<string, unknown>; payload: unknown };
  statusCode: number;
  headers: Record<string, unknown>;
  /** The body. */
  source: unknown;
}

export type HapiToolkit = { continue: symbol; abandon: symbol; response: (body: unknown) => HapiReply };

export type HapiReply = {
  code: (status: number) => HapiReply;
  type: (type: string) => HapiReply;
  header: (name: string, value: string) => HapiReply;
};

export interface HapiServer {
  listener: Server;
  settings: { port: unknown };
  start: () => Promise<void>;
  route: (route: {
    method: string;
    path: string;
    handler: (request: HapiRequest, h: HapiToolkit) => Promise<HapiReply>;
  }) => void;
  ext: (event: string, method: (request: HapiRequest, h: HapiToolkit) => unknown) => void;
}

/** serverless-offline itself. */
export interface OfflinePlugin {
  start: () => Promise<void>;
  end: (skipExit?: boolean) => Promise<void>;
  internals: () => { getApiGatewayServer: () => HapiServer };
}

export type FunctionDefinition = {
  handler: string;
  name: string;
  /** In seconds. */
  timeout?: number;
  events?: Record<string, unknown>[];
};

export type Log = Record<'debug' | 'error' | 'info' | 'notice' | 'verbose' | 'warning', (...text: unknown[]) => void>;

export interface Serverless {
  serviceDir: string;
  processedInput: { commands: string[] };
  service: {
    functions: Record<string, FunctionDefinition>;
    provider: { timeout?: number; httpApi?: { cors?: unknown } };
    custom?: Record<string, unknown>;
  };
  configSchemaHandler: { validateConfig: (config: unknown) => Promise<void> };
  pluginManager: { plugins: object[]; spawn: (command: string) => Promise<void> };
}
