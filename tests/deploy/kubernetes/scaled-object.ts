function object(properties: object, required: string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false };
}
const text = { type: 'string' };
const whole = { type: 'integer' };

/** The schema of KEDA 2.18's ScaledObject (config/crd/bases/keda.sh_scaledobjects.yaml), without `advanced` and `fallback`. */
export const SCALED_OBJECT = object(
  {
    apiVersion: { const: 'keda.sh/v1alpha1' },
    kind: { const: 'ScaledObject' },
    metadata: { type: 'object' },
    spec: object(
      {
        cooldownPeriod: whole,
        idleReplicaCount: whole,
        initialCooldownPeriod: whole,
        maxReplicaCount: whole,
        minReplicaCount: whole,
        pollingInterval: whole,
        scaleTargetRef: object({ apiVersion: text, envSourceContainerName: text, kind: text, name: text }, ['name']),
        triggers: {
          type: 'array',
          items: object(
            {
              authenticationRef: object({ kind: text, name: text }, ['name']),
              metadata: { type: 'object', additionalProperties: text },
              metricType: text,
              name: text,
              type: text,
              useCachedMetrics: { type: 'boolean' },
            },
            ['metadata', 'type'],
          ),
        },
      },
      ['scaleTargetRef', 'triggers'],
    ),
  },
  ['spec'],
);
