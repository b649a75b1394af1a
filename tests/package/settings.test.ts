import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { REFERABLE } from '#shared/config/reference.ts';
import { bundleHandlers } from '#tools/build/handlers.ts';
import { sourceOf } from '#tools/deploy/function-zips.ts';

interface Definition {
  readonly handler: string;
  readonly uses?: readonly string[];
}

/** Settings outside AWS, which no function reads in a deployed stage: there, a collector in the VPC adds its own headers. */
const LOCAL_ONLY = [
  'HTTP_PORT',
  'KAFKA_METRICS_PORT',
  'MAIL_UI_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'ROLE',
];

const { functions, provider }: { functions: Record<string, Definition>; provider: { environment: object } } = parse(
  readFileSync('serverless.yml', 'utf8'),
);
const grants: Record<string, object> = parse(readFileSync('tools/deploy/grants.yml', 'utf8'), { merge: true });
const everywhere = Object.keys(provider.environment);
const grantable = new Set([...everywhere, ...Object.values(grants).flatMap((grant) => Object.keys(grant))]);
const settings = Object.keys(ConfigSchema.properties);
const references = new Set<string>(REFERABLE);

/** These define or validate every setting, and read none. */
const DEFINITIONS = /^(generated|shared\/config)\//;
const bundles = await bundleHandlers([...new Set(Object.values(functions).map(({ handler }) => sourceOf(handler)))]);

/**
 * The settings that a bundle's own code names, and the namespace if it reports metrics. Not the references: code that may open
 * several servers opens those that its function uses, and each function is invoked with its own (tests/deploy).
 */
function readBy(handler: string): string[] {
  const { sources = [], contents = [] } = bundles.get(sourceOf(handler)) ?? {};
  const own = sources.filter((file) => contents.includes(file) && !DEFINITIONS.test(file));
  const code = own.map((file) => readFileSync(file, 'utf8').replace(/^\s*(\*|\/[/*]).*$/gm, '')).join('\n');
  return [
    ...settings.filter((name) => !references.has(name) && new RegExp(`\\b${name}\\b`).test(code)),
    ...(/\breportMetric\(/.test(code) ? ['POWERTOOLS_METRICS_NAMESPACE'] : []),
  ];
}

describe('every setting', () => {
  it('can be granted to a function, or is declared local', () => {
    expect(settings.filter((name) => !grantable.has(name)).sort()).toEqual(LOCAL_ONLY);
  });

  it.each(Object.entries(functions))('reaches %s if its code reads it', (_, { handler, uses = [] }) => {
    const given = new Set([...everywhere, ...LOCAL_ONLY, ...uses.flatMap((use) => Object.keys(grants[use] ?? {}))]);

    expect(readBy(handler).filter((name) => !given.has(name))).toEqual([]);
  });
});
