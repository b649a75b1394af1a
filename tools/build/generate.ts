import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { compiledTemplates, templateFiles } from './mail-templates/compile-templates.ts';
import { methodsByPath, openApiDocument } from './openapi/document.ts';
import { VALIDATORS } from './validators.ts';

type Bundle = (code: string) => Promise<string>;

const HEADER = '// Generated from the schemas by the build; not edited by hand.\n';
const TEMPLATE_HEADER = '// Generated from the templates by the build; not edited by hand.\n';

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The words that a schema gives for each field's errors. */
function wordsOf(schema: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(objectOf(schema)['properties'])).flatMap(([field, definition]) => {
      const words = objectOf(definition)['errorMessage'];
      return typeof words === 'string' ? [[field, words]] : [];
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
  return `${validate}\nexport const messages = ${JSON.stringify(wordsOf(source.schema))};\n`;
}

function declaration(name: string): string {
  const [type, file] = VALIDATORS[name]?.type ?? ['unknown', ''];
  return `${HEADER}import type { ErrorObject } from 'ajv';
import type { ${type} } from '#shared/${file}';

export declare const validate: ((data: unknown) => data is ${type}) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
`;
}

function writeWhenChanged(file: string, content: string): void {
  let current: string | undefined;
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
  }
  if (current !== content) writeFileSync(file, content);
}

/** Everything that is generated: file below generated/ → content. `bundle` makes a module self-contained. */
export async function generated(rootDir: string, bundle: Bundle): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of Object.keys(VALIDATORS)) {
    files.set(`${name}.js`, HEADER + (await bundle(validatorCode(name))));
    files.set(`${name}.d.ts`, declaration(name));
  }
  files.set('openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  files.set('methods.json', `${JSON.stringify(methodsByPath(), null, 2)}\n`);
  const mail = compiledTemplates(rootDir);
  files.set('welcome-mail.js', TEMPLATE_HEADER + mail.code);
  files.set('welcome-mail.d.ts', TEMPLATE_HEADER + mail.declaration);
  return files;
}

/** Writes what has changed since the last time; returns the files that it was made from beside the code. */
export async function generate(rootDir: string, bundle: Bundle): Promise<string[]> {
  for (const [file, content] of await generated(rootDir, bundle)) {
    writeWhenChanged(path.join(rootDir, 'generated', file), content);
  }
  return templateFiles(rootDir);
}
