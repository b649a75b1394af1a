import http from 'node:http';
import https from 'node:https';
import type { SchemaRegistryConfig } from '../config/schema-registry.ts';
import { isObject } from '../support/value.ts';

export type DataFormat = 'AVRO' | 'PROTOBUF' | 'JSON';

export interface RegisteredSchema {
  readonly dataFormat: DataFormat;
  readonly definition: string;
  /** Schemas that this one refers to, by the names it uses, each before those that refer to it. */
  readonly references: readonly { readonly name: string; readonly definition: string }[];
}

/** The registry answered that it has no such schema. */
export class SchemaNotFoundError extends Error {
  override readonly name = 'SchemaNotFoundError';
}

/** Reads schemas. They never change, so their owner may keep them. */
export interface RegistryClient {
  /** @throws SchemaNotFoundError; or, when the registry cannot be asked, what went wrong */
  fetchSchema(schemaId: string): Promise<RegisteredSchema>;
}

const LIMIT_MS = 10_000;

export function createRegistryClient(config: SchemaRegistryConfig): RegistryClient {
  return { fetchSchema: (id) => (config.kind === 'glue' ? fetchFromGlue(config, id) : fetchFromConfluent(config, id)) };
}

/** https://docs.confluent.io/platform/current/schema-registry/develop/api.html */
async function fetchFromConfluent(config: SchemaRegistryConfig, schemaId: string): Promise<RegisteredSchema> {
  const references: { name: string; definition: string }[] = [];
  const seen = new Set<string>();
  const get = (path: string) => request(config, path, { method: 'GET', headers: {} });

  async function addReferences(answer: Record<string, unknown>): Promise<void> {
    for (const reference of Array.isArray(answer.references) ? answer.references : []) {
      if (!isObject(reference)) continue;
      const { name, subject, version } = reference;
      if (typeof name !== 'string' || seen.has(name)) continue;
      seen.add(name);
      const path = `/subjects/${encodeURIComponent(String(subject))}/versions/${encodeURIComponent(String(version))}`;
      const referred = await get(path);
      await addReferences(referred);
      references.push({ name, definition: text(referred.schema) });
    }
  }

  const answer = await get(`/schemas/ids/${encodeURIComponent(schemaId)}`);
  await addReferences(answer);
  return { dataFormat: readFormat(answer.schemaType ?? 'AVRO'), definition: text(answer.schema), references };
}

/** https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html */
async function fetchFromGlue(config: SchemaRegistryConfig, schemaId: string): Promise<RegisteredSchema> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSGlue.GetSchemaVersion',
    // Local stand-ins read the region from it, and check no signature.
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${config.region}/glue/aws4_request, SignedHeaders=host, Signature=none`,
  };
  const body = JSON.stringify({ SchemaVersionId: schemaId });
  const answer = await request(config, '/', { method: 'POST', headers, body });
  return { dataFormat: readFormat(answer.DataFormat), definition: text(answer.SchemaDefinition), references: [] };
}

interface RequestOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `fetch` takes no certificates. */
async function request(
  config: SchemaRegistryConfig,
  path: string,
  { method, headers, body }: RequestOptions,
): Promise<Record<string, unknown>> {
  const url = new URL(path.slice(1), config.url.endsWith('/') ? config.url : `${config.url}/`);
  const login = config.login === null ? {} : { auth: `${config.login.username}:${config.login.password}` };
  const { status, content } = await new Promise<{ status: number; content: string }>((resolve, reject) => {
    const send = url.protocol === 'https:' ? https.request : http.request;
    const options = { method, headers: { accept: 'application/json', ...headers }, ...login, ...config.tls };
    const sent = send(url, { ...options, timeout: LIMIT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, content: text }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url.href} did not answer within ${LIMIT_MS} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
  const answer: unknown = status < 500 ? parseJson(content) : null;
  if (isObject(answer) && saysMissing(config.kind, answer))
    throw new SchemaNotFoundError(`${url.href} answered that there is no such schema`);
  if (status !== 200 || !isObject(answer)) throw new Error(`${url.href} answered ${status}: ${content.slice(0, 200)}`);
  return answer;
}

/** Subject, version or schema not found. */
const CONFLUENT_MISSING: readonly unknown[] = [40401, 40402, 40403];

/** A status of 404 alone is no answer: a wrong path or a proxy has it, too, and the record would be lost. */
function saysMissing(kind: SchemaRegistryConfig['kind'], answer: Record<string, unknown>): boolean {
  if (kind === 'confluent') return CONFLUENT_MISSING.includes(answer.error_code);
  return typeof answer.__type === 'string' && /(^|#)EntityNotFoundException$/.test(answer.__type);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

function readFormat(value: unknown): DataFormat {
  if (value === 'AVRO' || value === 'PROTOBUF' || value === 'JSON') return value;
  throw new Error(`the registry has schemas of type ${String(value)}, which AWS does not support`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('the registry answered without a schema');
}
