import path from 'node:path';
import { inject } from 'vitest';
import { ofType, resourcesOf } from '#tests/deploy/templates/template.ts';
import { type EmulatedFunction, startFunction } from './emulated-function.ts';

export interface PackagedFunction {
  readonly name: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  /** As the template gives them; what CloudFormation would compute is left out. */
  readonly env: Readonly<Record<string, string>>;
}

function variablesOf(environment: unknown): Record<string, string> {
  const { Variables = {} }: { Variables?: Record<string, unknown> } = JSON.parse(JSON.stringify(environment ?? {}));
  return Object.fromEntries(
    Object.entries(Variables).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Every function of the packaged stage, as its template describes it. */
export function packagedFunctions(): PackagedFunction[] {
  return [...ofType(resourcesOf(inject('runTemplate')), 'AWS::Lambda::Function').values()].map((properties) => ({
    name: String(properties['FunctionName']).replace(/^.*-/, ''),
    handler: String(properties['Handler']),
    timeoutSeconds: Number(properties['Timeout']),
    env: variablesOf(properties['Environment']),
  }));
}

/** Starts one of them from its unpacked zip, with variables in addition to its own. */
export function startPackaged(
  name: string,
  env: Readonly<Record<string, string>>,
  node?: string,
): Promise<EmulatedFunction> {
  const found = packagedFunctions().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The template has no function ${name}`);
  return startFunction({
    folder: path.join(inject('unpacked'), name),
    handler: found.handler,
    timeoutSeconds: found.timeoutSeconds,
    env: { ...found.env, ...env },
    ...(node === undefined ? {} : { node }),
  });
}
