import { COMPONENT_SCHEMAS } from './component-schemas.ts';
import { diagnosticPaths } from './diagnostic-paths.ts';
import { eventPaths } from './event-paths.ts';
import { type Json, type Paths, published } from './operation-parts.ts';
import { dashboardPaths, systemPaths } from './system-paths.ts';
import { userPaths } from './user-paths.ts';

function paths(): Paths {
  return {
    ...userPaths(),
    ...eventPaths(),
    ...dashboardPaths(),
    ...diagnosticPaths(),
    ...systemPaths(),
  };
}

/** The methods of each path, from which a wrong method is told from a wrong address. */
export function methodsByPath(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(paths()).map(([path, operations]) => [
      path,
      Object.keys(operations).map((method) => method.toUpperCase()),
    ]),
  );
}

/** The OpenAPI 3.1 document, made of the schemas that also make the validators and the types. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Registration',
      version: '1.0.0',
      description: 'Users, and the welcome mail that each of them gets',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'users', description: 'Registered people' },
      { name: 'events', description: 'What became of each registration; for operators' },
      { name: 'dashboard', description: 'What the dashboard shows; for operators' },
      { name: 'diagnostics', description: 'Calls that the old services had' },
      { name: 'system', description: 'Health, and where to go from here' },
    ],
    paths: paths(),
    components: {
      securitySchemes: {
        operatorToken: { type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN' },
      },
      schemas: published(COMPONENT_SCHEMAS),
    },
  };
}
