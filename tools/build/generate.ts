import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { TSchema } from 'typebox';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { EventMessageSchema } from '#shared/messages/message-schemas.ts';
import { ListDeadLettersQuerySchema, ListEventsQuerySchema } from '#shared/outbox/outbox-schemas.ts';
import { DiagnosticsQuerySchema } from '#shared/system/system-schemas.ts';
import { CreateUserBodySchema, ListUsersQuerySchema, UpdateUserBodySchema } from '#shared/users/user-schemas.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { compiledTemplates, templateFiles } from './mail-templates/compile-templates.ts';
import { methodsByPath, openApiDocument } from './openapi/document.ts';
import { writeAtomically } from './write-atomically.ts';

interface ValidatorSource {
  readonly schema: TSchema;
  /** The type that the validator narrows to, and its file in shared/. */
  readonly type: readonly [name: string, file: string];
  /** Converts text to numbers: only for environment variables. */
  readonly coerces?: true;
}

/** The validators that the build generates, by file name. */
const VALIDATORS: Readonly<Record<string, ValidatorSource>> = {
  config: { schema: ConfigSchema, type: ['Config', 'config/config-schemas.ts'], coerces: true },
  'create-user-body': { schema: CreateUserBodySchema, type: ['CreateUserBody', 'users/user-schemas.ts'] },
  'update-user-body': { schema: UpdateUserBodySchema, type: ['UpdateUserBody', 'users/user-schemas.ts'] },
  'list-users-query': { schema: ListUsersQuerySchema, type: ['ListUsersQuery', 'users/user-schemas.ts'] },
  'list-events-query': { schema: ListEventsQuerySchema, type: ['ListEventsQuery', 'outbox/outbox-schemas.ts'] },
  'list-dead-letters-query': {
    schema: ListDeadLettersQuerySchema,
    type: ['ListDeadLettersQuery', 'outbox/outbox-schemas.ts'],
  },
  'diagnostics-query': {
    schema: DiagnosticsQuerySchema,
    type: ['DiagnosticsQuery', 'system/system-schemas.ts'],
  },
  'event-message': { schema: EventMessageSchema, type: ['WireMessage', 'messages/message-schemas.ts'] },
};

type Bundle = (code: string) => Promise<string>;

const HEADER = '// Generated from the schemas by the build. Do not edit.\n';
const TEMPLATE_HEADER = '// Generated from the templates by the build. Do not edit.\n';

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The `errorMessage` of each field of a schema. */
function messagesOf(schema: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(objectOf(schema)['properties'])).flatMap(([field, definition]) => {
      const message = objectOf(definition)['errorMessage'];
      return typeof message === 'string' ? [[field, message]] : [];
    }),
  );
}

function validatorCode(name: string): string {
  const source = VALIDATORS[name];
  if (source === undefined) throw new Error(`No schema named ${name}`);
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    coerceTypes: source.coerces === true,
    strict: true,
    code: { source: true, esm: true, lines: true },
    keywords: ['errorMessage'],
    formats: { 'date-time': true },
  });
  const validate = standalone.default(ajv, ajv.compile(structuredClone(source.schema)));
  return `${validate}\nexport const messages = ${JSON.stringify(messagesOf(source.schema))};\n`;
}

function declaration(name: string): string {
  const [type, file] = VALIDATORS[name]?.type ?? ['unknown', ''];
  return `${HEADER}import type { ErrorObject } from 'ajv';
import type { ${type} } from '#shared/${file}';

export declare const validate: ((data: unknown) => data is ${type}) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
`;
}

/** All generated files: path below generated/ → content. `bundle` makes a module self-contained. */
export async function generated(rootDir: string, bundle: Bundle): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of Object.keys(VALIDATORS)) {
    files.set(`${name}.js`, HEADER + (await bundle(validatorCode(name))));
    files.set(`${name}.d.ts`, declaration(name));
  }
  files.set('openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  files.set('asyncapi.json', `${JSON.stringify(asyncApiDocument(), null, 2)}\n`);
  files.set('methods.json', `${JSON.stringify(methodsByPath(), null, 2)}\n`);
  const mail = compiledTemplates(rootDir);
  files.set('welcome-mail.js', TEMPLATE_HEADER + mail.code);
  files.set('welcome-mail.d.ts', TEMPLATE_HEADER + mail.declaration);
  return files;
}

/** Writes the files that changed; returns the paths of the mail templates, which the bundler does not report. */
export async function generate(rootDir: string, bundle: Bundle): Promise<string[]> {
  for (const [file, content] of await generated(rootDir, bundle)) {
    writeAtomically(path.join(rootDir, 'generated', file), Buffer.from(content));
  }
  return templateFiles(rootDir);
}
