import { type Static, Type } from 'typebox';
import { nullable } from '#shared/validation/atoms.ts';

function link(example: string, description: string) {
  return Type.String({ examples: [example], description });
}

export const HomeSchema = Type.Object({
  name: Type.String({ examples: ['Registration'] }),
  links: Type.Object({
    dashboard: link('/dashboard', 'The pipeline, live'),
    swaggerUi: link('/swagger-ui/index.html', 'Every call, to be tried'),
    openapi: link('/openapi.json', 'The OpenAPI document'),
    health: link('/health/ready', 'Each dependency with its latency'),
    mails: nullable(link('http://127.0.0.1:8025', 'The mail catcher of a local run; null elsewhere')),
  }),
});

export type Home = Static<typeof HomeSchema>;
