import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Definition {
  readonly uses?: readonly string[];
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;

function namesWhere(matches: (definition: Definition) => boolean): string[] {
  return Object.keys(functions).filter((name) => matches(functions[name] ?? { events: [] }));
}

function servesOnlyGet({ events }: Definition): boolean {
  return events.length > 0 && events.every(({ httpApi }) => typeof httpApi === 'string' && httpApi.startsWith('GET '));
}

function uses(grant: RegExp): (definition: Definition) => boolean {
  return (definition) => definition.uses?.some((name) => grant.test(name)) ?? false;
}

describe('the databases of serverless.yml', () => {
  it('are granted to functions that serve only GET through the user that only reads', () => {
    const readers = namesWhere(uses(/Reader$/));

    expect(readers).toEqual(namesWhere((one) => servesOnlyGet(one) && uses(/(Reader|Database)$/)(one)));
    expect(readers.filter((name) => uses(/Database$/)(functions[name] ?? { events: [] }))).toEqual([]);
  });
});
