import document from '#generated/openapi.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

export interface Access {
  readonly isLocal: boolean;
  readonly hasToken: boolean;
}

function openedIn(operation: Json, { isLocal, hasToken }: Access): Json {
  const { security, 'x-open-in-stage': openIn, ...rest } = operation;
  const isOpen = isLocal && (!hasToken || openIn === 'local');
  return security === undefined || isOpen ? rest : { ...rest, security };
}

/** The OpenAPI document as it holds here: in the local stage some calls, or all, ask for no token. */
export function documentFor(access: Access): Json {
  return {
    ...document,
    paths: Object.fromEntries(
      Object.entries(document.paths).map(([path, operations]) => [
        path,
        Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [method, openedIn(operation, access)]),
        ),
      ]),
    ),
  };
}
