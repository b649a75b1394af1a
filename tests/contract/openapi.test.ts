import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { call } from '#tests/helpers/call.ts';
import type { OpenApi } from '#tests/helpers/documented.ts';

interface ServiceFile {
  readonly functions: Readonly<Record<string, { readonly events?: ReadonlyArray<Readonly<Record<string, unknown>>> }>>;
}

const NOT_DESCRIBED = [
  '/openapi.json',
  '/swagger-ui',
  '/swagger-ui/{file}',
  '/dashboard',
  '/dashboard/{file}',
  '/dashboard/data',
];
const { body: document } = await call<OpenApi>('GET', '/openapi.json');

function withoutSlash(route: string): string {
  return route.replace(/(?<=.)\/$/, '');
}

function servedRoutes(): string[] {
  const service: ServiceFile = parse(readFileSync('serverless.yml', 'utf8'));
  return Object.values(service.functions)
    .flatMap(({ events = [] }) => events.map(({ httpApi }) => httpApi))
    .filter((route) => typeof route === 'string' && route !== '*')
    .map((route) => withoutSlash(String(route)))
    .filter((route) => !NOT_DESCRIBED.includes(route.split(' ')[1] ?? ''))
    .sort();
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
);

describe('GET /openapi.json', () => {
  it('is OpenAPI 3.1, with and without a trailing slash', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect((await call('GET', '/openapi.json/')).body).toEqual(document);
  });

  it('describes exactly the served routes', () => {
    expect(operations.map(({ route }) => withoutSlash(route)).sort()).toEqual(servedRoutes());
  });

  it('names every operation once, and every possible status', () => {
    const ids = operations.map(({ operation }) => 'operationId' in operation && operation.operationId);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
  });

  it('contains valid schemas and resolvable references', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });

    for (const name of Object.keys(document.components.schemas)) {
      expect(ajv.compile({ $ref: `openapi#/components/schemas/${name}` })).toBeTypeOf('function');
    }
    const references = JSON.stringify(document.paths).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  it('contains no keyword of our own and no secret', () => {
    expect(JSON.stringify(document)).not.toMatch(/errorMessage|argon2|password_hash/);
  });

  it.each(['CreateUser', 'UpdateUser'])('has valid examples for the body of %s', (name) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schema = document.components.schemas[name] as { properties: Record<string, { examples?: unknown[] }> };
    const example = Object.fromEntries(
      Object.entries(schema.properties).map(([field, { examples }]) => [field, examples?.[0] ?? null]),
    );

    expect(ajv.compile(schema)(example)).toBe(true);
  });
});

describe('GET /swagger-ui/index.html', () => {
  it('is a page whose assets are all served locally', async () => {
    const page = await call('GET', '/swagger-ui/index.html');

    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const references = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference]) => String(reference));
    expect(references.length).toBeGreaterThan(2);
    for (const reference of references) {
      const { pathname, host } = new URL(reference, 'http://here/swagger-ui/index.html');
      expect(host).toBe('here');
      const asset = await call('GET', pathname);
      expect(asset.status).toBe(200);
      expect(asset.headers['content-type']).toMatch(/css|javascript|image\/png/);
    }
  });

  it('shows our document', async () => {
    expect((await call('GET', '/swagger-ui/swagger-initializer.js')).text).toContain('openapi.json');
  });

  it.each([
    'package.json',
    '..%2f..%2fpackage.json',
    '%2e%2e%2fpackage.json',
    'index.html%00',
    'INDEX.HTML',
    '__proto__',
    'constructor',
    '.',
  ])('returns 404 for other files: %s', async (file) => {
    expect((await call('GET', `/swagger-ui/${file}`)).status).toBe(404);
  });
});
