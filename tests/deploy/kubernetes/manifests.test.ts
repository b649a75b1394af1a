import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '#shared/config/config.ts';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { kubernetesSchemas } from '#tests/deploy/tools/kubernetes-schemas.ts';
import { SCALED_OBJECT } from './scaled-object.ts';

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const files: string[] = parse(readFileSync('kubernetes/kustomization.yaml', 'utf8')).resources;
const manifests: Manifest[] = files.flatMap((file) =>
  parseAllDocuments(readFileSync(`kubernetes/${file}`, 'utf8')).map((document) => document.toJS()),
);

const schemaOf = await kubernetesSchemas();
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(schemaOf('_definitions'));
const checks = new Map<string, ValidateFunction>();

function validate(manifest: Manifest): unknown {
  const isCustom = manifest.apiVersion.startsWith('keda.sh/');
  // 'policy/v1' of a PodDisruptionBudget → 'poddisruptionbudget-policy-v1'
  const name = `${manifest.kind}-${manifest.apiVersion.replace('/', '-')}`.toLowerCase();
  const check = checks.get(name) ?? ajv.compile(isCustom ? SCALED_OBJECT : schemaOf(name));
  checks.set(name, check);
  return check(manifest) ? undefined : check.errors;
}

function ofKind(kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The values of a key, at any depth. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(inner, key)]);
}

describe('the Kubernetes manifests', () => {
  it.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s fits its schema',
    (_, manifest) => expect(validate(manifest)).toBeUndefined(),
  );

  it.each(['Deployment', 'ScaledObject'])('would be refused with an unknown field: %s', (kind) => {
    const [manifest] = ofKind(kind);
    expect(manifest && validate({ ...manifest, spec: { ...manifest.spec, replicaz: 1 } })).toBeDefined();
  });

  it('run each role with the settings and the secret, and with probes', () => {
    const deployments = ofKind('Deployment');

    expect(deployments.map((each) => valuesOf(each, 'env').flat())).toEqual(
      ['api', 'consumer', 'scheduler'].map((value) => [{ name: 'ROLE', value }]),
    );
    for (const each of deployments) {
      expect(valuesOf(each, 'envFrom').flat()).toEqual([
        { configMapRef: { name: 'registration' } },
        { secretRef: { name: 'registration' } },
      ]);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
        expect(valuesOf(each, probe)).toMatchObject([{ httpGet: { path: '/health/live' } }]);
    }
  });

  it('end a pod of each role after its calls moved to another, and never two at once', () => {
    for (const each of ofKind('Deployment')) {
      const [graceSeconds] = valuesOf(each, 'terminationGracePeriodSeconds');
      const [labels] = valuesOf(each, 'matchLabels');
      const budget = ofKind('PodDisruptionBudget').find(({ metadata }) => metadata.name === each.metadata.name);

      expect(valuesOf(each, 'preStop')).toEqual([{ sleep: { seconds: 5 } }]);
      // A call has 10 s; the loops of the scheduler end when the process is asked to stop.
      expect(Number(graceSeconds)).toBeGreaterThanOrEqual(5 + 10);
      expect(budget?.spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } });
    }
  });

  it('set only known variables, and none that is secret', () => {
    const [{ data = {} } = {}] = ofKind('ConfigMap');
    const known = [...Object.keys(ConfigSchema.properties), 'LOG_FORMAT'];

    expect(Object.keys(data).filter((name) => !known.includes(name))).toEqual([]);
    expect(Object.keys(data).filter((name) => /_URL$|TOKEN|SECRET|CREDENTIALS/.test(name))).toEqual([]);
    const secrets = { OPERATOR_TOKEN: 't'.repeat(32), IDEMPOTENCY_SECRET: 's'.repeat(32) };
    expect(() => readConfig({ ...data, ...secrets })).not.toThrow();
  });

  it('scale consumers by the topics, groups and partitions of the settings', () => {
    const [{ data = {} } = {}] = ofKind('ConfigMap');
    const [scaled] = ofKind('ScaledObject');
    const prefix = `${data['STAGE']}-`;
    const functions: Record<string, { events: Array<{ kafka?: { topic: string; consumerGroupId: string } }> }> = parse(
      readFileSync('serverless.yml', 'utf8'),
      { merge: true },
    ).functions;
    const mappings = Object.values(functions).flatMap(({ events }) => events.flatMap(({ kafka }) => kafka ?? []));
    const withPrefix = (text: string) =>
      text.replace(/^\$\{env:CONFIRM_GROUP, '(.*)'\}$/, '$1').replace(/^\$\{self:custom\.\w+\}/, prefix);

    expect(scaled?.spec?.['maxReplicaCount']).toBe(Number(data['KAFKA_PARTITIONS']));
    const triggers = valuesOf(scaled, 'triggers').flat() as Array<{ metadata: Record<string, string> }>;
    const real = mappings.map(({ topic, consumerGroupId }) => [withPrefix(topic), withPrefix(consumerGroupId)]);
    expect(triggers.map(({ metadata }) => [metadata['topic'], metadata['consumerGroup']]).sort()).toEqual(real.sort());
    for (const { metadata } of triggers) expect(metadata['bootstrapServers']).toBe(data['KAFKA_BROKERS']);
  });
});
