import path from 'node:path';
import { inject } from 'vitest';
import { ofType, resourcesOf } from '#tests/deploy/templates/template.ts';
import { nodeOfVersion } from '#tests/deploy/tools/lambda-runtime.ts';
import { type EmulatedFunction, startFunction } from './emulated-function.ts';

export interface PackagedFunction {
  readonly name: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  /** major version of Node, from the template's runtime */
  readonly nodeVersion: string;
  /** from the template, without the values that CloudFormation computes */
  readonly env: Readonly<Record<string, string>>;
}

function variablesOf(environment: unknown): Record<string, string> {
  const { Variables = {} }: { Variables?: Record<string, unknown> } = JSON.parse(JSON.stringify(environment ?? {}));
  return Object.fromEntries(
    Object.entries(Variables).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function nodeVersionOf(runtime: string): string {
  const version = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  if (version === undefined) throw new Error(`Unknown runtime '${runtime}'`);
  return version;
}

/** Reads the functions of the packaged stage from its template. */
export function packagedFunctions(): PackagedFunction[] {
  return [...ofType(resourcesOf(inject('runTemplate')), 'AWS::Lambda::Function').values()].map((properties) => ({
    name: String(properties['FunctionName']).replace(/^.*-/, ''),
    handler: String(properties['Handler']),
    timeoutSeconds: Number(properties['Timeout']),
    nodeVersion: nodeVersionOf(String(properties['Runtime'])),
    env: variablesOf(properties['Environment']),
  }));
}

/**
 * Starts one of them from its unpacked zip.
 * @param env added to the variables of the template
 * @param nodeVersion instead of the template's runtime
 */
export async function startPackaged(
  name: string,
  env: Readonly<Record<string, string>>,
  nodeVersion?: string,
): Promise<EmulatedFunction> {
  const found = packagedFunctions().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The template has no function ${name}`);
  return startFunction({
    folder: path.join(inject('unpacked'), name),
    handler: found.handler,
    timeoutSeconds: found.timeoutSeconds,
    env: { ...found.env, ...env },
    node: await nodeOfVersion(nodeVersion ?? found.nodeVersion),
  });
}
