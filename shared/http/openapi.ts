import methods from '#generated/methods.json' with { type: 'json' };
import document from '#generated/openapi.json' with { type: 'json' };

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, '');
}

const routes = Object.entries(methods).map(([path, allowed]) => ({
  pattern: new RegExp(`^${withoutSlash(path).replace(/\{\w+\}/g, '[^/]+')}$`),
  allowed,
}));

/** The methods that a path supports, undefined for an unknown path. */
export function methodsOf(path: string): readonly string[] | undefined {
  return routes.find(({ pattern }) => pattern.test(withoutSlash(path)))?.allowed;
}

type Json = Readonly<Record<string, unknown>>;

export interface Access {
  readonly isLocal: boolean;
  readonly hasToken: boolean;
}

function withSecurity(operation: Json, { isLocal, hasToken }: Access): Json {
  const { security, 'x-open-in-stage': openIn, ...rest } = operation;
  const isOpen = isLocal && (!hasToken || openIn === 'local');
  return security === undefined || isOpen ? rest : { ...rest, security };
}

/** The OpenAPI document of this stage: in the local stage, some or all operations require no token. */
export function documentFor(access: Access): Json {
  return {
    ...document,
    paths: Object.fromEntries(
      Object.entries(document.paths).map(([path, operations]) => [
        path,
        Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [method, withSecurity(operation, access)]),
        ),
      ]),
    ),
  };
}
