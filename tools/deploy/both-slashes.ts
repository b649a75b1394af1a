import type { Serverless } from './osls.ts';
import type { Resource, Resources } from './template.ts';

/**
 * Adds or removes the trailing slash of a route.
 * @param routeKey such as 'GET /api/users/'
 * @returns undefined if the route has only one form
 */
export function otherForm(routeKey: string): string | undefined {
  const [method, path = ''] = routeKey.split(' ');
  if (!path.startsWith('/') || path === '/') return undefined;
  return `${method} ${path.endsWith('/') ? path.slice(0, -1) : `${path}/`}`;
}

function routeKeyOf(resource: Resource): string {
  return String(resource.Properties?.RouteKey ?? '');
}

/** @returns for each route of a template the route with the other form of its path, unless the template has it already */
export function missingForms(resources: Resources): Resources {
  const routes = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route');
  const existing = new Set(routes.map(([, route]) => routeKeyOf(route)));
  const missing: Resources = {};
  for (const [id, route] of routes) {
    const RouteKey = otherForm(routeKeyOf(route));
    if (RouteKey === undefined || existing.has(RouteKey)) continue;
    missing[`${id}OtherSlash`] = { ...route, Properties: { ...route.Properties, RouteKey } };
  }
  return missing;
}

/**
 * Plugin: deploys every route with and without a trailing slash. API Gateway matches paths literally; serverless-offline strips
 * the slash and fails if both forms are declared. The plugin changes the compiled template, because the framework derives the
 * same logical id from both forms, so that one would overwrite the other.
 */
export default class BothSlashes {
  readonly hooks: Record<string, () => unknown>;

  constructor(serverless: Pick<Serverless, 'service'>) {
    this.hooks = {
      'after:package:compileEvents': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        Object.assign(Resources, missingForms(Resources));
      },
    };
  }
}
