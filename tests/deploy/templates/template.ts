import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import type { StageName } from '#tests/deploy/stages.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

/** Reads the resources of a compiled template. */
export function resourcesOf(file: string): Resources {
  return JSON.parse(readFileSync(file, 'utf8')).Resources;
}

export function templatesIn(folder: string): string[] {
  return ['create', 'update'].map((kind) => path.join(folder, `cloudformation-template-${kind}-stack.json`));
}

/** @returns the properties of every resource of one type, by logical id */
export function ofType(resources: Resources, type: string): ReadonlyMap<string, Resource['Properties']> {
  return new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties ?? {}]),
  );
}

/** The folder of a packaged stage. */
export function folderOf(name: StageName): string {
  return inject('packages')[name] ?? '';
}

export function compiled(name: StageName): Resources {
  return resourcesOf(templatesIn(folderOf(name))[1] ?? '');
}

/** The statements of a role's policies. */
export function statementsOf(role: Readonly<Record<string, unknown>> | undefined): unknown[] {
  return JSON.parse(JSON.stringify(role?.['Policies'] ?? [])).flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );
}
