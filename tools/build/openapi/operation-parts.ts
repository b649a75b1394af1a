import type { TSchema } from 'typebox';
import { ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';
import { NO_HALF_CHARACTER, WELL_FORMED } from '#shared/validation/patterns.ts';
import { errorExamples, schemaExample } from './examples.ts';

type Entry = [key: string, value: unknown];

/** Omits our own keyword and the part of a pattern about unpaired surrogates, which other tools cannot parse. */
function entriesOf([key, value]: Entry): Entry[] {
  if (key === 'errorMessage' || (key === 'pattern' && value === WELL_FORMED)) return [];
  if (key === 'pattern') return [[key, String(value).replaceAll(NO_HALF_CHARACTER, '')]];
  return [[key, published(value)]];
}

/** A schema for other tools: without our own keyword, and with patterns that every tool supports. */
export function published(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(published);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).flatMap(entriesOf));
}

export type Json = Record<string, unknown>;
/** Path → method → operation. */
export type Paths = Record<string, Record<string, Json>>;

/** Errors of every call. */
const ALWAYS: readonly ErrorCode[] = ['URI_TOO_LONG', 'HEADERS_TOO_LARGE', 'INTERNAL'];

const seconds: Json = { schema: { type: 'integer', minimum: 1 }, required: true, description: 'Seconds to wait' };
const HEADERS_OF_STATUS: Readonly<Record<number, Json>> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string', const: 'Bearer' }, required: true } },
  429: { 'Retry-After': seconds },
  503: { 'Retry-After': seconds },
};

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
export function jsonContent(schema: Json): Json {
  return { 'application/json': { schema, ...schemaExample(schema) } };
}
export function textContent(example: string): Json {
  return { 'text/plain': { schema: { type: 'string' }, example } };
}

/** A successful response; `more` contains headers and links. */
export function ok(description: string, content: Json, more: Json = {}): Json {
  return { description, content, ...more };
}

/** The error responses of a call, one per status. Codes of the same status are distinguished by `code`. */
export function failures(...codes: ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, ...ALWAYS]) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `${code}: ${ERROR_CODES[code].error}`).join(' · '),
        content: { 'application/json': { schema: ref('Error'), examples: errorExamples(group) } },
        ...(HEADERS_OF_STATUS[status] === undefined ? {} : { headers: HEADERS_OF_STATUS[status] }),
      },
    ]),
  );
}

/** An empty integer counts as absent where there is a default. */
function orEmpty({ default: fallback, ...definition }: Json): Json {
  return fallback === undefined || definition['type'] !== 'integer'
    ? { ...definition, ...(fallback === undefined ? {} : { default: fallback }) }
    : { anyOf: [definition, { type: 'string', maxLength: 0 }], default: fallback };
}

export function queryParameters(schema: TSchema): Json[] {
  const { properties = {}, required = [] } = JSON.parse(JSON.stringify(schema)) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, definition]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !('default' in definition),
    schema: published(orEmpty(definition)),
  }));
}

/** The handler accepts 19 digits; ids beyond this maximum are never assigned. */
export const userId: Json = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'integer', minimum: 1, maximum: 999_999_999_999_999 },
  example: 42,
};
export const eventUuid: Json = {
  name: 'uuid',
  in: 'path',
  required: true,
  schema: { type: 'string', format: 'uuid' },
  example: '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d',
};
export function body(name: string): Json {
  return { required: true, content: jsonContent(ref(name)) };
}

const operatorToken: Json = { security: [{ operatorToken: [] }] };
/** Requires the operator token in every stage where one is set. */
export const forOperators: Json = operatorToken;
/** Like forOperators, but open in the local stage. */
export const forOperatorsWhenDeployed: Json = { ...operatorToken, 'x-open-in-stage': 'local' };
