import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { compiledTemplates, templateFiles } from '#tools/build/mail-templates/compile-templates.ts';
import { methodsByPath, openApiDocument } from '#tools/build/openapi/document.ts';
import { VALIDATORS } from './validators.ts';

type Bundle = (code: string) => Promise<string>;

const HEADER = '// Generated from the schemas by the build; not edited by hand.\n';
const TEMPLATE_HEADER = '// Generated from the templates by the build; not edited by hand.\n';

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** The words that a schema gives for each field's errors. */
const wordsOf = (schema: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectOf(objectOf(schema)['properties'])).flatMap(([field, definition]) => {
      const words = objectOf(definition)['errorMessage'];
      return typeof words === 'string' ? [[field, words]] : [];
    }),
  );

const validatorCode = (name: string): string => {
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
};

const declaration = (name: string): string => {
  const [type, file] = VALIDATORS[name]?.type ?? ['unknown', ''];
  return `${HEADER}import type { ErrorObject } from 'ajv';
import type { ${type} } from '../../${file}';

export declare const validate: ((data: unknown) => data is ${type}) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
`;
};

const writeWhenChanged = (file: string, content: string): void => {
  let current: string | undefined;
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
  }
  if (current !== content) writeFileSync(file, content);
};

/** Everything that is generated: file below shared/ → content. `bundle` makes a module self-contained. */
export const generated = async (sharedFolder: string, bundle: Bundle): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  for (const name of Object.keys(VALIDATORS)) {
    files.set(`validation/generated/${name}.js`, HEADER + (await bundle(validatorCode(name))));
    files.set(`validation/generated/${name}.d.ts`, declaration(name));
  }
  files.set('openapi/generated/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  files.set('openapi/generated/methods.json', `${JSON.stringify(methodsByPath(), null, 2)}\n`);
  const mail = compiledTemplates(sharedFolder);
  files.set('notifications/generated/welcome-mail.js', TEMPLATE_HEADER + mail.code);
  files.set('notifications/generated/welcome-mail.d.ts', TEMPLATE_HEADER + mail.declaration);
  return files;
};

/** Writes what has changed since the last time; returns the files that it was made from beside the code. */
export const generate = async (sharedFolder: string, bundle: Bundle): Promise<string[]> => {
  for (const [file, content] of await generated(sharedFolder, bundle)) {
    writeWhenChanged(path.join(sharedFolder, file), content);
  }
  return templateFiles(sharedFolder);
};
