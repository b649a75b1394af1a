import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { RawAnswer } from './send-request.ts';

interface Response {
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

/** The part of an OpenAPI document that responses are checked against. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

export type CheckAnswer = (method: string, path: string, answer: RawAnswer) => void;

/** Pages and the document itself are not part of the document. */
const UNDESCRIBED = /^\/(?:swagger-ui\/|openapi\.json|dashboard)/;
/** Errors returned before an operation is selected, or without one. */
const WITHOUT_OPERATION = [400, 404, 405];

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Forbids additional properties in every schema with a property list: a response contains nothing undocumented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  return { ...Object.fromEntries(entries), ...('properties' in schema ? { additionalProperties: false } : {}) };
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}/?$`).test(path);
}

/** Creates the check that a response matches the document: status, media type, body, and nothing more. */
export function documentedBy(document: OpenApi): CheckAnswer {
  const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { 'date-time': DATE_TIME, uuid: true } });
  ajv.addSchema({ $id: 'openapi', components: closed(document.components) });
  const compiled = new Map<string, ValidateFunction>();

  const validator = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const made = ajv.compile({ $ref: pointer });
    compiled.set(pointer, made);
    return made;
  };
  const inline = (schema: unknown): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    const known = compiled.get(text) ?? ajv.compile(closed(JSON.parse(text)) as object);
    compiled.set(text, known);
    return known;
  };

  const checkBody = (validate: ValidateFunction, { status, text }: RawAnswer, fail: (why: string) => never): void => {
    const body: unknown = JSON.parse(text);
    if (!validate(body)) fail(`its body is not: ${ajv.errorsText(validate.errors)}`);
    if (typeof body === 'object' && body !== null && 'status' in body && typeof body.status === 'number') {
      if (body.status !== status) fail(`its body speaks of status ${body.status}`);
    }
  };

  return (method, target, answer) => {
    const path = target.split('?')[0] ?? '';
    const fail = (why: string): never => {
      throw new Error(
        `${method} ${target} answered ${answer.status} ${answer.text.slice(0, 300)}\nundocumented: ${why}`,
      );
    };
    if (answer.status >= 500) fail('a bug or an outage');
    const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
    const template = Object.keys(document.paths).find((known) => matches(known, path));
    const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) {
      if (answer.status < 400 && UNDESCRIBED.test(path)) return;
      if (!WITHOUT_OPERATION.includes(answer.status)) fail('there is no such operation');
      if (method === 'HEAD') return;
      if (!isJson) fail('an error is application/json');
      return checkBody(validator('openapi#/components/schemas/Error'), answer, fail);
    }
    const response = operation.responses[String(answer.status)] ?? fail('the operation has no such status');
    const type = (answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (response.content === undefined) {
      if (answer.text !== '') fail('it has a body');
      return;
    }
    const content = response.content[type] ?? fail(`the media type ${type}`);
    if (isJson && typeof content === 'object' && content !== null && 'schema' in content) {
      checkBody(inline(content.schema), answer, fail);
    }
  };
}
