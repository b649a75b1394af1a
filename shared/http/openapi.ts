import methods from '#generated/methods.json' with { type: 'json' };
import document from '#generated/openapi.json' with { type: 'json' };

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, '');
}

const routes = Object.entries(methods).map(([path, allowed]) => ({
  pattern: new RegExp(`^${withoutSlash(path).replace(/\{\w+\}/g, '[^/]+')}$`),
  allowed,
}));

function isServed(path: string, hasDiagnostics: boolean): boolean {
  return hasDiagnostics || !path.startsWith('/tests/');
}

/** The methods that a path supports, undefined for an unknown path. */
export function methodsOf(path: string, hasDiagnostics: boolean): readonly string[] | undefined {
  if (!isServed(path, hasDiagnostics)) return undefined;
  return routes.find(({ pattern }) => pattern.test(withoutSlash(path)))?.allowed;
}

type Json = Readonly<Record<string, unknown>>;

export interface Access {
  readonly isLocal: boolean;
  readonly hasToken: boolean;
  /** Whether this stage serves the /tests routes. */
  readonly hasDiagnostics: boolean;
}

function withSecurity(operation: Json, { isLocal, hasToken }: Access): Json {
  const { security, 'x-open-in-stage': openIn, ...rest } = operation;
  const isOpen = isLocal && (!hasToken || openIn === 'local');
  return security === undefined || isOpen ? rest : { ...rest, security };
}

/** The OpenAPI document of this stage: only served paths; in the local stage, some or all operations require no token. */
export function documentFor(access: Access): Json {
  const paths = Object.entries(document.paths).filter(([path]) => isServed(path, access.hasDiagnostics));
  return {
    ...document,
    tags: document.tags.filter(({ name }) => access.hasDiagnostics || name !== 'diagnostics'),
    paths: Object.fromEntries(
      paths.map(([path, operations]) => [
        path,
        Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [method, withSecurity(operation, access)]),
        ),
      ]),
    ),
  };
}
