import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

/** The resources of a compiled template. */
export const resourcesOf = (file: string): Resources => JSON.parse(readFileSync(file, 'utf8')).Resources;

export const templatesIn = (folder: string): string[] =>
  ['create', 'update'].map((kind) => path.join(folder, `cloudformation-template-${kind}-stack.json`));

/** Properties of every resource of one type, by logical id. */
export const ofType = (resources: Resources, type: string): ReadonlyMap<string, Resource['Properties']> =>
  new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties ?? {}]),
  );
