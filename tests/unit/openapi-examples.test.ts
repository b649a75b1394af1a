import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import document from '#generated/openapi.json' with { type: 'json' };
import { ERROR_CODES } from '#shared/errors/app-error.ts';

interface Content {
  readonly schema: { readonly $ref?: string };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: { readonly status: number; readonly code: string } }>>;
}

interface Body {
  readonly content?: Readonly<Record<string, Content>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = JSON.parse(JSON.stringify(document.paths));
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
const bodies = operations.flatMap(({ operationId, requestBody, responses }) =>
  Object.entries({ request: requestBody ?? {}, ...responses }).flatMap(([part, { content = {} }]) =>
    Object.entries(content).map(([type, media]) => ({ name: `${operationId} ${part} ${type}`, part, media })),
  ),
);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'openapi', components: document.components });

describe('the OpenAPI document', () => {
  it.each(bodies)('has examples for $name that match the schema', ({ media }) => {
    const examples =
      media.example === undefined ? Object.values(media.examples ?? {}).map(({ value }) => value) : [media.example];

    expect(examples.length).toBeGreaterThan(0);
    const { $ref } = media.schema;
    if ($ref === undefined) return;
    const validate = ajv.getSchema(`openapi${$ref}`) ?? ajv.compile({ $ref: `openapi${$ref}` });
    for (const example of examples) expect([validate(example), validate.errors]).toEqual([true, null]);
  });

  it('has an example for every error code, at its status', () => {
    const found = new Map<string, string>();
    for (const { part, media } of bodies) {
      for (const { value } of Object.values(media.examples ?? {})) {
        found.set(value.code, part);
        expect(String(value.status)).toBe(part);
      }
    }

    // Returned before an operation is selected.
    const unreachable = ['BAD_REQUEST', 'FORBIDDEN', 'METHOD_NOT_ALLOWED'];
    expect([...found.keys(), ...unreachable].sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});
