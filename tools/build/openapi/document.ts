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

/** The methods of each path, to distinguish 405 from 404. */
export function methodsByPath(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(paths()).map(([path, operations]) => [
      path,
      Object.keys(operations).map((method) => method.toUpperCase()),
    ]),
  );
}

/** The OpenAPI 3.1 document, from the same schemas as the validators and the types. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Registration',
      version: '1.0.0',
      description: 'Users and their welcome mails',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'users', description: 'Registered people' },
      { name: 'events', description: 'The state of each registration; for operators' },
      { name: 'dashboard', description: 'What the dashboard shows; for operators' },
      { name: 'diagnostics', description: 'Calls of the replaced services' },
      { name: 'system', description: 'Health and links' },
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
