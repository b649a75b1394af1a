export type Resource = { Type: string; Properties?: Record<string, unknown> } & Record<string, unknown>;

export type Resources = Record<string, Resource>;

export interface Serverless {
  service: { provider: { compiledCloudFormationTemplate: { Resources: Resources } } };
}

const routeType = 'AWS::ApiGatewayV2::Route';

/**
 * The same route with its trailing slash, or without when it has one.
 * @param routeKey such as 'GET /api/users/'
 * @returns undefined when there is no other form
 */
export function otherForm(routeKey: string): string | undefined {
  const [method, path = ''] = routeKey.split(' ');
  if (!path.startsWith('/') || path === '/') return undefined;
  return `${method} ${path.endsWith('/') ? path.slice(0, -1) : `${path}/`}`;
}

function routeKeyOf(resource: Resource | undefined) {
  return String(resource?.Properties?.RouteKey ?? '');
}

/**
 * For every route of a template the one that leads to the same function with the other form of the path.
 * @returns only what has to be added
 */
export function missingForms(resources: Resources): Resources {
  const routes = Object.entries(resources).filter(([, { Type }]) => Type === routeType);
  const known = new Set(routes.map(([, route]) => routeKeyOf(route)));
  const added: Resources = {};
  for (const [id, route] of routes) {
    const RouteKey = otherForm(routeKeyOf(route));
    if (RouteKey === undefined || known.has(RouteKey)) continue;
    added[`${id}OtherSlash`] = { ...route, Properties: { ...route.Properties, RouteKey } };
  }
  return added;
}

/**
 * Gives the deployed API every route with and without a trailing slash: API Gateway takes paths literally, while
 * serverless-offline strips the slash and cannot bear both. It is done in the compiled template, because the framework
 * gives both forms the same logical id, so that one would overwrite the other.
 */
export default class BothSlashes {
  readonly hooks: Record<string, () => unknown>;
  constructor(serverless: Serverless) {
    this.hooks = {
      'after:package:compileEvents': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        Object.assign(Resources, missingForms(Resources));
      },
    };
  }
}
